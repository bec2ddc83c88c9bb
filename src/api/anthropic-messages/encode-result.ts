import type { ChatResult } from "../../core/collect.ts";
import type { AnswerBlock } from "../../core/written-blocks.ts";
import type { ToldThinking } from "./decode-thinking.ts";
import { encodeInput } from "./tool-input.ts";
import { encodeCall, encodeStop, encodeUsage, NO_SIGNATURE } from "./wire.ts";

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
