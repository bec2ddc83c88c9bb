import Type, { type Static } from "typebox";
import { ContentItem } from "./schema-items.ts";

/** An item as it is kept: with an id, by which later requests may refer to it. */
export const KeptItem = Type.Intersect([ContentItem, Type.Object({ id: Type.String() })]);
export type KeptItem = Static<typeof KeptItem>;

export const StoredResponse = Type.Object({
  id: Type.String(),
  /** The name of the key that it was asked with, where that has one: no other may have it. */
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
export function asLost(stored: StoredResponse): StoredResponse {
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

/** The store as the bearer of a key has it, with what was asked with that key alone; `key` is its name, undefined for all that have none. */
export function storeOf(key: string | undefined, store: ResponseStore): ResponseStore {
  const get = (id: string) => {
    const stored = store.get(id);
    return stored?.key === key ? stored : undefined;
  };
  return {
    get,
    put: (stored) => store.put(key === undefined ? stored : { ...stored, key }),
    delete: (id) => get(id) !== undefined && store.delete(id),
    findItem: (id) => store.findItem(id, key),
  };
}
