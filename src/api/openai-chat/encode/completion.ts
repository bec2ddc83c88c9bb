import type { ChatResult } from "../../../core/collect.ts";
import type { FinishReason } from "../../../core/event.ts";
import { encodeUsage, sumUsage } from "../../answer/openai-usage.ts";
import { inputOfArgs } from "../../tools/custom-input.ts";
import { citedText, type UrlCitation } from "../../web-search/citations.ts";
import { detailsOf, encodeDetails } from "../wire/reasoning-details.ts";

type ResultOptions = {
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

/** How calls are told: as tools, or as the one function call of old. */
export type CallShape = "tool_calls" | "function_call";

const FINISH_REASONS = { stop: "stop", length: "length", "content-filter": "content_filter" } as const;

export function encodeFinishReason({ unified }: FinishReason, callShape: CallShape) {
  return unified === "tool-calls" ? callShape : FINISH_REASONS[unified];
}

/** Reasoning under the one name that most clients look for first: some would show the same text twice under `reasoning`, too. */
export function encodeReasoning(text: string) {
  return { reasoning_content: text };
}

/**
 * What a text rests on, as OpenAI's search models tell it, each page once for a part of the text; undefined where it rests on nothing.
 * Without a `content` key, as above.
 */
export function encodeAnnotations(citations: readonly UrlCitation[]): object | undefined {
  const told = new Map(citations.map((citation) => [`${citation.start} ${citation.url}`, citation]));
  if (told.size === 0) return undefined;
  const annotations = [...told.values()].map(({ url, title, start, end }) => ({
    type: "url_citation",
    url_citation: { start_index: start, end_index: end, title, url },
  }));
  return { annotations };
}

/** The API's message id in OpenAI's form. */
export function completionId(messageId: string): string {
  return `chatcmpl-${messageId.replace(/^msg_/, "")}`;
}
