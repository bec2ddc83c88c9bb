import type { JsonObject } from "../../core/json.ts";
import type { OutputItem } from "./output-item.ts";
import { type ContentItem, isMessage } from "./schema-items.ts";
import type { KeptItem, StoredResponse } from "./store.ts";
import type { ResponseObject } from "./wire.ts";

/** What is kept of a response's items, by their ids, where it is not told. */
export type Untold = {
  /** What Anthropic calls them. */
  readonly native: ReadonlyMap<string, readonly JsonObject[]>;
  /** What brings thinking back. */
  readonly encrypted: ReadonlyMap<string, string>;
};

export const NOTHING_UNTOLD: Untold = { native: new Map(), encrypted: new Map() };

/** A response as it is kept, with the items of its request. */
export function toStored(
  response: ResponseObject,
  input: readonly ContentItem[],
  untold: Untold = NOTHING_UNTOLD,
): StoredResponse {
  const { id, previous_response_id: previousId, output } = response;
  const kept = output.map((item) => asInput(item, untold));
  return { id, previousId, response: { ...response }, input: withIds(input, id), output: kept };
}

/** An item of an answer as a client would send it back. */
function asInput(item: OutputItem, { native, encrypted }: Untold): KeptItem {
  if (item.type === "reasoning") return { ...item, encrypted_content: encrypted.get(item.id) };
  if (item.type === "web_search_call") return { ...item, native: native.get(item.id) ?? item.native };
  if (item.type === "message") return { ...item, content: item.content.map((part) => ({ ...part })) };
  return { ...item };
}

/** The items with ids; those that have one keep it. */
export function withIds(items: readonly ContentItem[], responseId: string): KeptItem[] {
  const suffix = responseId.replace(/^resp_/, "");
  return items.map((item, index) => ({ ...item, id: item.id ?? `${prefixOf(item)}_${suffix}_in_${index}` }));
}

const PREFIXES = {
  function_call: "fc",
  function_call_output: "fco",
  custom_tool_call: "ctc",
  custom_tool_call_output: "ctco",
  reasoning: "rs",
  compaction: "cmp",
  web_search_call: "ws",
} as const;

function prefixOf(item: ContentItem): string {
  return isMessage(item) ? "msg" : PREFIXES[item.type];
}

/** An item as the list of a response's input shows it: with nothing left out, and content always as a list. */
export function asListed(item: KeptItem) {
  if (!isMessage(item)) return item.type === "compaction" ? item : { status: "completed", ...item };
  const type = item.role === "assistant" ? "output_text" : "input_text";
  const content = typeof item.content === "string" ? [{ type, text: item.content }] : item.content;
  return { ...item, type: "message", status: item.status ?? "completed", content };
}
