import type { ChatResult } from "../../core/collect.ts";
import { encodeInput } from "./tool-input.ts";
import { encodeStop, encodeUsage, NO_SIGNATURE } from "./wire.ts";

export type AnswerOptions = {
  /** The request's stop sequences. */
  readonly stop: readonly string[];
  readonly showThinking: boolean;
};

/** A finished answer as a message. */
export function encodeResult(result: ChatResult, options: AnswerOptions) {
  const { id, model, finishReason, usage } = result;
  return {
    id,
    type: "message",
    role: "assistant",
    model,
    content: encodeContent(result, options),
    ...encodeStop(finishReason, options.stop),
    usage: encodeUsage(usage),
  };
}

function encodeContent({ text, reasoning, toolCalls }: ChatResult, { showThinking }: AnswerOptions): object[] {
  const thinking = { type: "thinking", thinking: reasoning, signature: NO_SIGNATURE };
  return [
    ...(showThinking && reasoning !== "" ? [thinking] : []),
    ...(text === "" ? [] : [{ type: "text", text }]),
    ...toolCalls.map(({ id, name, args }) => ({ type: "tool_use", id, name, input: encodeInput(args) })),
  ];
}
