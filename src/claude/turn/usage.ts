import type { Usage } from "../../core/event.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { type ApiStreamEvent, ApiUsage } from "../protocol/messages.ts";

export const NO_USAGE: Usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };

/** The API repeats its counts, cumulative, and leaves some out: a newer number replaces the older one. */
export function updateUsage(usage: Usage, update: ApiUsage & Readonly<Record<string, unknown>>): Usage {
  const told = nativeFields(update, OWN);
  const reasoningTokens = update.output_tokens_details?.thinking_tokens ?? usage.reasoningTokens;
  return {
    inputTokens: update.input_tokens ?? usage.inputTokens,
    cacheReadTokens: update.cache_read_input_tokens ?? usage.cacheReadTokens,
    cacheWriteTokens: update.cache_creation_input_tokens ?? usage.cacheWriteTokens,
    outputTokens: update.output_tokens ?? usage.outputTokens,
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
    ...(usage.native || told ? { native: { ...usage.native, ...told } } : {}),
  };
}

/** What has a word of our own. */
const OWN: ReadonlySet<string> = new Set([
  ...Object.keys(ApiUsage.properties),
  // What the CLI puts together for itself, of all its requests.
  "iterations",
]);

/** The fields that the API has set and that are not among those given; undefined when there are none. */
export function nativeFields(fields: object, except: ReadonlySet<string>): JsonObject | undefined {
  const told = Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => !except.has(name) && value !== null && value !== undefined),
  );
  return isJsonObject(told) && Object.keys(told).length > 0 ? told : undefined;
}

/** The sum over several requests to the model. */
export function addUsage(a: Usage, b: Usage): Usage {
  const native = a.native && b.native ? sumOf(a.native, b.native) : (b.native ?? a.native);
  const knowsReasoning = a.reasoningTokens !== undefined || b.reasoningTokens !== undefined;
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    ...(knowsReasoning ? { reasoningTokens: (a.reasoningTokens ?? 0) + (b.reasoningTokens ?? 0) } : {}),
    ...(native ? { native } : {}),
  };
}

/** Numbers are counts, wherever they stand; of words, such as the tier, the later ones hold. */
function sumOf(a: JsonObject, b: JsonObject): JsonObject {
  const added = Object.entries(b).map(([name, value]): [string, Json] => {
    const before = a[name];
    if (typeof before === "number" && typeof value === "number") return [name, before + value];
    return [name, isJsonObject(before) && isJsonObject(value) ? sumOf(before, value) : value];
  });
  return { ...a, ...Object.fromEntries(added) };
}

const OWN_ENDS: ReadonlySet<string> = new Set(["type", "delta", "usage", "stop_reason", "stop_sequence"]);

/** What the API tells at the end, beside the reason and in the event itself, and no word of ours does. */
export function nativeEnd(event: Extract<ApiStreamEvent, { type: "message_delta" }>): { readonly native?: JsonObject } {
  const native = { ...nativeFields(event.delta, OWN_ENDS), ...nativeFields(event, OWN_ENDS) };
  return Object.keys(native).length === 0 ? {} : { native };
}
