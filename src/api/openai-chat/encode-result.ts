import type { ChatResult } from "../../core/collect.ts";
import { inputOfArgs } from "../custom-input.ts";
import { encodeUsage, sumUsage } from "../openai-usage.ts";
import { citedText } from "../web-search/citations.ts";
import { detailsOf, encodeDetails } from "./reasoning-details.ts";
import { type CallShape, completionId, encodeAnnotations, encodeFinishReason, encodeReasoning } from "./wire.ts";

export type ResultOptions = {
  /** Seconds since the epoch. */
  readonly created: number;
  readonly callShape: CallShape;
  readonly customTools?: ReadonlySet<string>;
};

/** Finished completions, one choice each, as a `chat.completion`. It goes by the id and model of the first. */
export function encodeResult(results: readonly [ChatResult, ...ChatResult[]], options: ResultOptions) {
  const { created, callShape } = options;
  const [first] = results;
  return {
    id: completionId(first.id),
    object: "chat.completion",
    created,
    model: first.model,
    choices: results.map((result, index) => ({
      index,
      message: encodeMessage(result, options),
      logprobs: null,
      finish_reason: encodeFinishReason(result.finishReason, callShape),
    })),
    usage: encodeUsage(sumUsage(results.map(({ usage }) => usage))),
  };
}

function encodeMessage({ blocks, reasoning, toolCalls }: ChatResult, options: ResultOptions) {
  const { text, citations } = citedText(blocks);
  return {
    role: "assistant",
    // Clients take null for "there are calls instead".
    content: text === "" && toolCalls.length > 0 ? null : text,
    refusal: null,
    ...encodeAnnotations(citations),
    ...(reasoning === "" ? {} : encodeReasoning(reasoning)),
    ...encodeDetails(detailsOf(blocks)),
    ...encodeCalls(toolCalls, options),
  };
}

function encodeCalls(toolCalls: ChatResult["toolCalls"], { callShape, customTools }: ResultOptions) {
  const [first] = toolCalls;
  if (first === undefined) return {};
  if (callShape === "function_call") return { function_call: { name: first.name, arguments: first.args } };
  return {
    tool_calls: toolCalls.map(({ id, name, args }) =>
      customTools?.has(name)
        ? { id, type: "custom", custom: { name, input: inputOfArgs(args) } }
        : { id, type: "function", function: { name, arguments: args } },
    ),
  };
}
