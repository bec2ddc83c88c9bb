import type { ModelFacts } from "../../core/backend.ts";
import type { ApiError } from "../../core/error.ts";
import { sameJson } from "../../core/json.ts";
import type { ChatRequest } from "../../core/request.ts";
import type { ModelCatalog } from "../models/catalog.ts";
import { fitToModel } from "./fit-model.ts";

/** How the API's refusals begin that are about a field which requests can do without. No status or type tells them from others. */
const RULES: readonly (readonly [beginning: RegExp, rule: Partial<ModelFacts>])[] = [
  [/^tool_choice\b/, { takesForcedCalls: false }],
  [/^"thinking\.type\.(?:disabled|between_tools)"/, { thinkingOff: "never" }],
  [/^`?(?:temperature|top_p|top_k)\b/, { takesSampling: false }],
];

/**
 * Learns, until the next start, a rule of a model's that the table does not have, from a refusal of this request; false: the refusal is
 * about something else, or what was asked for stays the same with that rule.
 */
export function learnRule(request: ChatRequest, error: ApiError, catalog: ModelCatalog): boolean {
  const said = refusalIn(error);
  const rule = said && RULES.find(([beginning]) => beginning.test(said))?.[1];
  if (!rule) return false;
  const { name, facts, effort } = catalog.resolve(request.model);
  const wishes = { ...request, effort: request.effort ?? effort };
  if (sameJson(fitToModel(wishes, facts), fitToModel(wishes, { ...facts, ...rule }))) return false;
  catalog.learnRule(name, rule);
  return true;
}

/** What the API says of a request that it refuses before the model is asked, which is not paid; undefined: something else went wrong. */
export function refusalIn(error: ApiError): string | undefined {
  if (error.code !== "invalid_request" || error.upstreamStatus !== 400) return undefined;
  return error.message.replace(/^.*?refused the request: (?:400 )?/s, "");
}
