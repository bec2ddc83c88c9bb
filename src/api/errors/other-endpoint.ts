import { ApiError } from "../../core/error.ts";
import { isJsonObject } from "../../core/json.ts";

/** Where each field, which holds what is asked, belongs. */
const MEANT = [
  ["messages", "/v1/chat/completions or POST /v1/messages"],
  ["input", "/v1/responses"],
  ["prompt", "/v1/completions"],
] as const;
type Field = (typeof MEANT)[number][0];

/** What each path asks about, and what else stands there in the bodies that it takes. */
const ASKED: Readonly<Record<string, readonly Field[]>> = {
  "/v1/chat/completions": ["messages", "input"],
  "/v1/messages": ["messages"],
  "/v1/messages/count_tokens": ["messages"],
  "/v1/completions": ["prompt"],
  "/v1/responses": ["input"],
  "/v1/responses/input_tokens": ["input"],
};

/** The refusal of a body, which says which path is meant where the body is another one's; else the one that was found. */
export function orOtherEndpoint(refusal: unknown, path: string, body: unknown): unknown {
  if (!(refusal instanceof ApiError) || refusal.code !== "invalid_request" || !isJsonObject(body)) return refusal;
  const own = Object.hasOwn(ASKED, path) ? ASKED[path] : undefined;
  const has = (field: Field) => (body[field] ?? null) !== null;
  // An object as `prompt` is a template, which is a field of the Responses API.
  const other = MEANT.find(([field]) => has(field) && !isJsonObject(body[field]));
  const param = own?.[0];
  if (param === undefined || other === undefined || own?.some(has)) return refusal;
  const meant = `'${other[0]}' is for POST ${other[1]}; POST ${path} takes '${param}'`;
  const message = `Missing required parameter: '${param}'. ${meant}.`;
  return new ApiError("invalid_request", message, { param, cause: refusal });
}
