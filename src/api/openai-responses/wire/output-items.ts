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

type Item<Type extends string, Status = ItemStatus> = {
  readonly id: string;
  readonly type: Type;
  readonly status: Status;
};

export type OutputMessage = Item<"message"> & { readonly role: "assistant"; readonly content: readonly OutputText[] };

export type CallIdentity = { readonly call_id: string; readonly name: string; readonly namespace?: string };
export type FunctionCall = Item<"function_call"> & CallIdentity & { readonly arguments: string };
export type CustomToolCall = Item<"custom_tool_call"> & CallIdentity & { readonly input: string };

export type Reasoning = Item<"reasoning"> & {
  readonly summary: readonly { readonly type: "summary_text"; readonly text: string }[];
  /** What brings it back. */
  readonly encrypted_content?: string;
};

/** A search of the model's, or a page that it read. */
export type WebSearchCall = Item<"web_search_call", ItemStatus | "searching" | "failed"> & {
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
