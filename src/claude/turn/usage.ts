import type { Usage } from "../../core/event.ts";
import type { ApiUsage } from "../protocol/messages.ts";

export const NO_USAGE: Usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };

/** The API repeats its counts, cumulative, and leaves some out: a newer number replaces the older one. */
export function updateUsage(usage: Usage, update: ApiUsage): Usage {
  const reasoningTokens = update.output_tokens_details?.thinking_tokens ?? usage.reasoningTokens;
  return {
    inputTokens: update.input_tokens ?? usage.inputTokens,
    cacheReadTokens: update.cache_read_input_tokens ?? usage.cacheReadTokens,
    cacheWriteTokens: update.cache_creation_input_tokens ?? usage.cacheWriteTokens,
    outputTokens: update.output_tokens ?? usage.outputTokens,
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}

/** The sum over several requests to the model. */
export function addUsage(a: Usage, b: Usage): Usage {
  const knowsReasoning = a.reasoningTokens !== undefined || b.reasoningTokens !== undefined;
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    ...(knowsReasoning ? { reasoningTokens: (a.reasoningTokens ?? 0) + (b.reasoningTokens ?? 0) } : {}),
  };
}
