import Type, { type Static } from "typebox";
import type { JsonObject } from "../../../core/json.ts";
import type { Owner } from "../../clients.ts";
import { ContentItem, isMessage } from "../../responses-shape/wire/items.ts";
import type { OutputItem } from "../wire/output-items.ts";
import type { ResponseObject } from "../wire/response.ts";

/** An item as it is kept: with an id, by which later requests may refer to it. */
export const KeptItem = Type.Intersect([ContentItem, Type.Object({ id: Type.String() })]);
export type KeptItem = Static<typeof KeptItem>;

export const StoredResponse = Type.Object({
  id: Type.String(),
  /** The owner by the key that it was asked with, where there was one: no other may have it. */
  key: Type.Optional(Type.String()),
  /** The response that this one went on after. */
  previousId: Type.Union([Type.String(), Type.Null()]),
  /** As it was told. */
  response: Type.Record(Type.String(), Type.Unknown()),
  /** The request's own items, without those of the responses before it. */
  input: Type.Array(KeptItem),
  /** The answer's items as a client would send them back. */
  output: Type.Array(KeptItem),
});
export type StoredResponse = Static<typeof StoredResponse>;

/** Whether it is still being written. */
export function isUnfinished({ response: { status } }: StoredResponse): boolean {
  return status === "queued" || status === "in_progress";
}

/** One that is not written any more, since its writer is gone. */
export function asFailed(stored: StoredResponse): StoredResponse {
  const error = {
    code: "server_error",
    message: "The server ended before this response was written, and what it had of it is lost.",
  };
  return { ...stored, response: { ...stored.response, status: "failed", error } };
}

/** Keeps responses, within bounds: what was kept may be gone. */
export interface ResponseStore {
  /** Whether it is kept as was asked; false: only for as long as the server runs. */
  put(stored: StoredResponse): boolean;
  get(id: string): StoredResponse | undefined;
  /** Whether it was there. */
  delete(id: string): boolean;
  /** An item that a kept response of the key was asked with, or answered with. */
  findItem(id: string, key?: string): KeptItem | undefined;
}

/** The store as the bearer of a key has it, with what was asked with that key alone; without a key, with what has no owner. */
export function storeOf(owner: Owner | undefined, store: ResponseStore): ResponseStore {
  const key = owner?.id;
  const get = (id: string) => {
    const stored = store.get(id);
    const isOwn = stored?.key === key || (owner?.isOnly === true && stored?.key === undefined);
    return isOwn ? stored : undefined;
  };
  return {
    get,
    put: (stored) => store.put(key === undefined ? stored : { ...stored, key }),
    delete: (id) => get(id) !== undefined && store.delete(id),
    findItem: (id) => store.findItem(id, key) ?? (owner?.isOnly ? store.findItem(id) : undefined),
  };
}

/** What is kept of a response's items, by their ids, where it is not told. */
export type HiddenFields = {
  /** What Anthropic calls them. */
  readonly native: ReadonlyMap<string, readonly JsonObject[]>;
  /** What brings thinking back. */
  readonly encrypted: ReadonlyMap<string, string>;
};

/** A response as it is kept, with the items of its request. */
export function toStored(
  response: ResponseObject,
  input: readonly ContentItem[],
  hidden: HiddenFields,
): StoredResponse {
  const { id, previous_response_id: previousId, output } = response;
  const kept = output.map((item) => asInput(item, hidden));
  return { id, previousId, response: { ...response }, input: withIds(input, id), output: kept };
}

/** An item of an answer as a client would send it back. */
function asInput(item: OutputItem, { native, encrypted }: HiddenFields): KeptItem {
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

const MADE_ID = /^[a-z]+_(.+)_in_\d+$/;

/**
 * The response that an item was asked with, where the item's id is one of {@link withIds}: so nothing need be noted of the thousands that a
 * conversation may have. Undefined for any other id.
 */
export function askedWith(itemId: string): string | undefined {
  const suffix = MADE_ID.exec(itemId)?.[1];
  return suffix === undefined ? undefined : `resp_${suffix}`;
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
