import type { FinishReason, Usage } from "../../core/event.ts";
import type { ToolCallBlock } from "../../core/request.ts";

export type StopReason =
  | "end_turn"
  | "max_tokens"
  | "model_context_window_exceeded"
  | "stop_sequence"
  | "tool_use"
  | "pause_turn"
  | "compaction"
  | "refusal";

/** Why an answer ended. Where nobody tells which stop sequence it was, it can only have been the request's only one. */
export function encodeStop({ unified, raw, stopText }: FinishReason, stop: readonly string[]) {
  const stop_reason = encodeStopReason(unified, raw);
  if (stop_reason !== "stop_sequence") return { stop_reason, stop_sequence: null };
  const [only = null, ...others] = stop;
  return { stop_reason, stop_sequence: stopText ?? (others.length === 0 ? only : null) };
}

function encodeStopReason(unified: FinishReason["unified"], raw: string): StopReason {
  switch (unified) {
    case "tool-calls":
      return "tool_use";
    case "length":
      return raw === "model_context_window_exceeded" || raw === "pause_turn" ? raw : "max_tokens";
    case "content-filter":
      return "refusal";
    case "stop":
      // Structured output ends with the call of a tool that is no client's.
      return raw === "stop_sequence" || raw === "compaction" ? raw : "end_turn";
  }
}

/** A call without its input. */
export function encodeCall({ id, name, native }: Pick<ToolCallBlock, "id" | "name" | "native">) {
  return { type: "tool_use", id, name, ...native };
}

export function encodeUsage(usage: Usage) {
  return {
    ...usage.native,
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    output_tokens: usage.outputTokens,
    ...(usage.reasoningTokens === undefined
      ? {}
      : { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }),
  };
}

/** Where the API has not signed what the model thought. */
export const NO_SIGNATURE = "";
