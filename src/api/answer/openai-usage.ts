import type { Usage } from "../../core/event.ts";
import type { JsonObject } from "../../core/json.ts";
import { searchesOf } from "../../core/recorder.ts";

/** What several turns took together; a prompt that was asked several times was read several times. */
export function sumUsage(usages: readonly Usage[]): Usage {
  const sum = (count: (usage: Usage) => number | undefined) =>
    usages.reduce((total, usage) => total + (count(usage) ?? 0), 0);
  return {
    inputTokens: sum((usage) => usage.inputTokens),
    cacheReadTokens: sum((usage) => usage.cacheReadTokens),
    cacheWriteTokens: sum((usage) => usage.cacheWriteTokens),
    outputTokens: sum((usage) => usage.outputTokens),
    ...(usages.some((usage) => usage.reasoningTokens !== undefined)
      ? { reasoningTokens: sum((usage) => usage.reasoningTokens) }
      : {}),
    native: toldSearches(sum(searchesOf)),
  };
}

/** OpenAI's prompt count includes cached tokens; Anthropic counts them apart. */
export function encodeUsage(usage: Usage) {
  const prompt = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.outputTokens,
    total_tokens: prompt + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cacheReadTokens, cache_write_tokens: usage.cacheWriteTokens },
    ...(usage.reasoningTokens === undefined
      ? {}
      : { completion_tokens_details: { reasoning_tokens: usage.reasoningTokens } }),
    ...encodeSearches(usage),
  };
}

/** OpenAI has no word for it; this is Anthropic's, which OpenRouter and LiteLLM tell, too. */
export function encodeSearches(usage: Usage) {
  return toldSearches(searchesOf(usage));
}

function toldSearches(count: number): JsonObject {
  return count === 0 ? {} : { server_tool_use: { web_search_requests: count } };
}
