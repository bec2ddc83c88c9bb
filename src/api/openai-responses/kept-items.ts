import type { OutputItem } from "./output-item.ts";
import { type ContentItem, isMessage } from "./schema-items.ts";
import type { KeptItem, StoredResponse } from "./store.ts";
import type { ResponseObject } from "./wire.ts";

/** What a response went on after, and what brings its thinking back, by the ids of its items. */
export type Exchange = { readonly input: readonly ContentItem[]; readonly encrypted: ReadonlyMap<string, string> };

/** A response as it is kept, with the items of its request, and what the client need not have been told of its answer. */
export function toStored(response: ResponseObject, { input, encrypted }: Exchange): StoredResponse {
  const { id, previous_response_id: previousId, output } = response;
  const kept = output.map((item) => {
    const content = encrypted.get(item.id);
    return asInput(content !== undefined && item.type === "reasoning" ? { ...item, encrypted_content: content } : item);
  });
  return { id, previousId, response: { ...response }, input: withIds(input, id), output: kept };
}

/** An item of an answer as a client would send it back. */
function asInput(item: OutputItem): KeptItem {
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
