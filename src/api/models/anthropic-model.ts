import type { Model } from "../../core/backend.ts";
import { invalid } from "../invalid.ts";
import { capabilitiesOf } from "./capabilities.ts";

/** A model as Anthropic's Models API tells it. */
export function toAnthropicModel({ id, displayName, resolvedModel, facts }: Model, startedAt: Date) {
  return {
    type: "model",
    id,
    display_name: displayName,
    created_at: startedAt.toISOString(),
    max_input_tokens: facts.contextTokens,
    max_tokens: facts.outputTokens,
    lifecycle: "active",
    deprecated_at: null,
    retires_at: null,
    line: /^claude-([a-z]+)/.exec(resolvedModel ?? id)?.[1] ?? null,
    capabilities: capabilitiesOf(facts),
  };
}

const MOST = 1_000;

/** One page of the models: those behind `after_id`, or before `before_id`, at most `limit`; without these, all. */
export function anthropicPage(models: readonly Model[], query: URLSearchParams, startedAt: Date) {
  const limit = readLimit(query);
  const after = query.get("after_id");
  const before = query.get("before_id");
  const start = after === null ? 0 : placeOf(after, "after_id", models) + 1;
  const end = before === null ? models.length : placeOf(before, "before_id", models);
  const found = models.slice(start, end);
  const page = before === null ? found.slice(0, limit) : found.slice(-limit);
  return {
    data: page.map((model) => toAnthropicModel(model, startedAt)),
    has_more: page.length < found.length,
    first_id: page.at(0)?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

function readLimit(query: URLSearchParams): number {
  const text = query.get("limit");
  if (text === null) return MOST;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MOST) return limit;
  throw invalid("limit", `'limit' must be a whole number from 1 to ${MOST}, not ${JSON.stringify(text)}.`);
}

function placeOf(id: string, field: string, models: readonly Model[]): number {
  const index = models.findIndex((model) => model.id === id);
  if (index >= 0) return index;
  throw invalid(field, `'${field}' is ${JSON.stringify(id)}, which is none of the models listed here.`);
}
