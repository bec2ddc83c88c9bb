import type { FinishReason } from "../../core/event.ts";
import type { UrlCitation } from "../web-search/citations.ts";

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
