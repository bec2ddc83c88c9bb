import type { AnswerBlock, ChatResult } from "../../core/collect.ts";
import { encodeInput } from "./tool-input.ts";
import { encodeStop, encodeUsage, NO_SIGNATURE } from "./wire.ts";

export type AnswerOptions = {
  /** The request's stop sequences. */
  readonly stop: readonly string[];
  readonly showThinking: boolean;
};

/** A finished answer as a message, block for block as its stream is. */
export function encodeResult(result: ChatResult, options: AnswerOptions) {
  const { id, model, blocks, finishReason, usage } = result;
  return {
    id,
    type: "message",
    role: "assistant",
    model,
    content: blocks.flatMap((block) => encodeBlock(block, options.showThinking)),
    ...encodeStop(finishReason, options.stop),
    usage: encodeUsage(usage),
  };
}

function encodeBlock(block: AnswerBlock, showThinking: boolean): object[] {
  switch (block.type) {
    case "text":
      return block.text === "" ? [] : [block];
    case "reasoning":
      if (!showThinking || block.text === "") return [];
      return [{ type: "thinking", thinking: block.text, signature: NO_SIGNATURE }];
    case "tool-call":
      return [{ type: "tool_use", id: block.id, name: block.name, input: encodeInput(block.args) }];
  }
}
