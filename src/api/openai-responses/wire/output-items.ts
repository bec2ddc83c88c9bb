// The items of a response, as they are told; the same shapes may come back in the `input` of the next request.

import type { JsonObject } from "../../../core/json.ts";
import type { UrlAnnotation } from "../../web-search/citations.ts";

export type ItemStatus = "in_progress" | "completed" | "incomplete";

export type OutputText = {
  readonly type: "output_text";
  readonly text: string;
  readonly annotations: readonly UrlAnnotation[];
  readonly logprobs: readonly [];
};

export type OutputMessage = {
  readonly id: string;
  readonly type: "message";
  readonly status: ItemStatus;
  readonly role: "assistant";
  readonly content: readonly OutputText[];
};

export type FunctionCall = {
  readonly id: string;
  readonly type: "function_call";
  readonly status: ItemStatus;
  readonly call_id: string;
  readonly name: string;
  readonly namespace?: string;
  readonly arguments: string;
};

export type CustomToolCall = {
  readonly id: string;
  readonly type: "custom_tool_call";
  readonly status: ItemStatus;
  readonly call_id: string;
  readonly name: string;
  readonly namespace?: string;
  readonly input: string;
};

export type Reasoning = {
  readonly id: string;
  readonly type: "reasoning";
  readonly status: ItemStatus;
  readonly summary: readonly { readonly type: "summary_text"; readonly text: string }[];
  /** What brings it back. */
  readonly encrypted_content?: string;
};

/** A search of the model's, or a page that it read. */
export type WebSearchCall = {
  readonly id: string;
  readonly type: "web_search_call";
  readonly status: ItemStatus | "searching" | "failed";
  readonly action:
    | {
        readonly type: "search";
        readonly query: string;
        readonly queries: readonly string[];
        readonly sources?: readonly { readonly type: "url"; readonly url: string }[];
      }
    | { readonly type: "open_page"; readonly url: string };
  readonly results?: readonly { readonly url: string; readonly title?: string; readonly page_age?: string }[];
  /** Anthropic's code for why nothing came of it. */
  readonly error?: { readonly code: string };
  /** What Anthropic calls it: by that alone it takes the search and what it found back. */
  readonly native?: readonly JsonObject[];
};

/** What is written piece by piece. */
type WrittenItem = OutputMessage | FunctionCall | CustomToolCall | Reasoning;
export type OutputItem = WrittenItem | WebSearchCall;

/** An event without what the stream adds to each: its number, and the item's place. */
export type ItemEvent = { readonly type: string; readonly [field: string]: unknown };

/** Writes one item of a response: the events that tell it, and the item as it stands. */
export interface ItemWriter {
  begin(): ItemEvent[];
  delta(text: string): ItemEvent[];
  /** The events that complete it. */
  end(status: ItemStatus): ItemEvent[];
  item(status: ItemStatus): WrittenItem;
}
