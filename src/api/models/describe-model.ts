import type { Model, ModelFacts } from "../../core/backend.ts";
import { invalid } from "../../core/error.ts";
import { EFFORT_LEVELS } from "../../core/request.ts";

/**
 * A model in OpenAI's shape. What stands behind `owned_by` is no field of OpenAI's: what answers, a name for people, and the figures
 * by all names under which programs look for them.
 */
export function toOpenAiModel(model: Model, startedAt: Date) {
  const { id, displayName, resolvedModel, facts } = model;
  const { contextTokens, outputTokens } = facts;
  return {
    id,
    object: "model",
    created: Math.floor(startedAt.getTime() / 1000),
    owned_by: "anthropic",
    display_name: displayName,
    ...(resolvedModel === undefined ? {} : { resolved_model: resolvedModel }),
    context_length: contextTokens,
    context_window: contextTokens,
    max_input_tokens: contextTokens,
    max_output_tokens: outputTokens,
    max_completion_tokens: outputTokens,
    max_tokens: outputTokens,
    capabilities: capabilitiesOf(facts),
  };
}

export function openAiList(models: readonly Model[], startedAt: Date) {
  return { object: "list", data: models.map((model) => toOpenAiModel(model, startedAt)) };
}

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

const supports = (supported: boolean) => ({ supported });

/** What can be had of a model here, in the form of Anthropic's Models API. */
function capabilitiesOf({ efforts, thinking }: ModelFacts) {
  const levels = EFFORT_LEVELS.map((level) => [level, supports(efforts.includes(level))]);
  return {
    batch: supports(false),
    citations: supports(false),
    code_execution: supports(false),
    context_management: {
      supported: false,
      clear_thinking_20251015: null,
      clear_tool_uses_20250919: null,
      compact_20260112: null,
    },
    effort: { supported: efforts.length > 0, ...Object.fromEntries(levels) },
    image_input: supports(true),
    pdf_input: supports(true),
    server_tools: { supported: false, code_execution: supports(false), web_search: supports(false) },
    structured_outputs: supports(true),
    // All of them are accepted, by every model: what it cannot do is done as nearly as it can.
    thinking: {
      supported: true,
      types: {
        adaptive: supports(thinking === "adaptive"),
        between_tools: supports(true),
        disabled: supports(true),
        enabled: supports(true),
      },
    },
  };
}
