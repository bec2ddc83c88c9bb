import type { ChatResult } from "../../core/collect.ts";
import { encodeUsage, sumUsage } from "../openai-usage.ts";
import { type CallShape, completionId, encodeFinishReason, encodeReasoning } from "./wire.ts";

export type ResultOptions = {
  /** Seconds since the epoch. */
  readonly created: number;
  readonly callShape: CallShape;
};

/** Finished completions, one choice each, as a `chat.completion`. It goes by the id and model of the first. */
export function encodeResult(results: readonly [ChatResult, ...ChatResult[]], { created, callShape }: ResultOptions) {
  const [first] = results;
  return {
    id: completionId(first.id),
    object: "chat.completion",
    created,
    model: first.model,
    choices: results.map((result, index) => ({
      index,
      message: encodeMessage(result, callShape),
      logprobs: null,
      finish_reason: encodeFinishReason(result.finishReason, callShape),
    })),
    usage: encodeUsage(sumUsage(results.map(({ usage }) => usage))),
  };
}

function encodeMessage({ text, reasoning, toolCalls }: ChatResult, callShape: CallShape) {
  return {
    role: "assistant",
    // Clients take null for "there are calls instead".
    content: text === "" && toolCalls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning === "" ? {} : encodeReasoning(reasoning)),
    ...encodeCalls(toolCalls, callShape),
  };
}

function encodeCalls(toolCalls: ChatResult["toolCalls"], callShape: CallShape) {
  const calls = toolCalls.map(({ id, name, args }) => ({ id, type: "function", function: { name, arguments: args } }));
  const [first] = calls;
  if (first === undefined) return {};
  return callShape === "tool_calls" ? { tool_calls: calls } : { function_call: first.function };
}
