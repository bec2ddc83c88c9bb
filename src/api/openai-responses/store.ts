import type { ContentItem } from "./schema-items.ts";
import type { ResponseObject } from "./wire.ts";

/** An item of a request as it is kept: with an id, by which later requests may refer to it. */
export type KeptItem = ContentItem & { readonly id: string };

export type StoredResponse = {
  readonly response: ResponseObject;
  /** The request's own items, without those of the responses before it. */
  readonly input: readonly KeptItem[];
};

/** Keeps responses, within bounds: what was kept may be gone. */
export interface ResponseStore {
  put(stored: StoredResponse): void;
  get(id: string): StoredResponse | undefined;
  /** Whether it was there. */
  delete(id: string): boolean;
  /** An item that a kept response was asked with, or answered with. */
  findItem(id: string): ContentItem | undefined;
}
