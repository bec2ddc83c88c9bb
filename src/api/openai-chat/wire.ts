import type { FinishReason, Usage } from "../../core/event.ts";

const FINISH_REASONS = {
  stop: "stop",
  length: "length",
  "tool-calls": "tool_calls",
  "content-filter": "content_filter",
} as const;

export function encodeFinishReason({ unified }: FinishReason) {
  return FINISH_REASONS[unified];
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
  };
}

/** The API's message id in OpenAI's form. */
export function completionId(messageId: string): string {
  return `chatcmpl-${messageId.replace(/^msg_/, "")}`;
}
