import type { AnswerBlock, ChatResult } from "../../../core/collect.ts";
import type { FinishReason, Usage } from "../../../core/event.ts";
import type { ToolCallBlock } from "../../../core/request.ts";
import type { ToldThinking } from "../decode/thinking.ts";
import { encodeInput } from "../wire/tool-input.ts";

export type AnswerOptions = {
  /** The request's stop sequences. */
  readonly stop: readonly string[];
  readonly thinking: ToldThinking;
};

/** A finished answer as a message. */
export function encodeResult(result: ChatResult, options: AnswerOptions) {
  const { id, model, finishReason, usage, native } = result;
  return {
    id,
    type: "message",
    role: "assistant",
    model,
    content: encodeContent(result, options),
    ...native,
    ...encodeStop(finishReason, options.stop),
    usage: encodeUsage(usage),
  };
}

/** Block for block as a stream has it. */
function encodeContent({ blocks }: ChatResult, { thinking }: AnswerOptions): object[] {
  return blocks.flatMap((block) => {
    if (thinking === "none" && isThinking(block)) return [];
    if (thinking === "omitted" && block.type === "reasoning")
      return block.signature ? [encodeBlock({ ...block, text: "" })] : [];
    return [encodeBlock(block)];
  });
}

function isThinking(block: AnswerBlock): boolean {
  return block.type === "reasoning" || (block.type === "native" && block.block.type === "redacted_thinking");
}

function encodeBlock(block: AnswerBlock): object {
  switch (block.type) {
    case "text":
      return { type: "text", text: block.text, ...(block.citations ? { citations: block.citations } : {}) };
    case "native":
      return block.block;
    case "reasoning":
      return { type: "thinking", thinking: block.text, signature: block.signature ?? NO_SIGNATURE };
    case "tool-call":
      return { ...encodeCall(block), input: encodeInput(block.args) };
  }
}

/** Why an answer ended. Where nobody tells which stop sequence it was, it can only have been the request's only one. */
export function encodeStop({ unified, raw, stopText }: FinishReason, stop: readonly string[]) {
  const stop_reason = encodeStopReason(unified, raw);
  if (stop_reason !== "stop_sequence") return { stop_reason, stop_sequence: null };
  const [only = null, ...others] = stop;
  return { stop_reason, stop_sequence: stopText ?? (others.length === 0 ? only : null) };
}

function encodeStopReason(unified: FinishReason["unified"], raw: string) {
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
