import { type KeptItem, type ResponseStore, type StoredResponse, storeOf } from "../store/store.ts";

/**
 * What one connection can refer to: what is stored, and, as long as it lasts, its own responses with `store` false. OpenAI
 * documents the latter for its WebSocket mode, of the last response of each stream.
 */
export class ConnectionStore implements ResponseStore {
  readonly #shared: ResponseStore;
  readonly #own: ResponseStore;
  readonly #ownIds = new Set<string>();
  #isClosed = false;

  /** `unstored`: keeps the responses that are not stored, those of each connection as if by a key of its own. */
  constructor(shared: ResponseStore, unstored: ResponseStore) {
    this.#shared = shared;
    this.#own = storeOf({ id: crypto.randomUUID(), isOnly: false }, unstored);
  }

  put(stored: StoredResponse): boolean {
    if (stored.response.store !== false) return this.#shared.put(this.#withUnstored(stored));
    if (this.#isClosed) return true;
    this.#ownIds.add(stored.id);
    return this.#own.put(stored);
  }

  get(id: string): StoredResponse | undefined {
    return this.#own.get(id) ?? this.#shared.get(id);
  }

  delete(id: string): boolean {
    return this.#own.delete(id) || this.#shared.delete(id);
  }

  findItem(id: string): KeptItem | undefined {
    return this.#own.findItem(id) ?? this.#shared.findItem(id);
  }

  /** Forgets one of its own. What is stored stays. */
  forget(id: string): void {
    this.#own.delete(id);
  }

  /** Forgets its own, and keeps none of those that still end. */
  close(): void {
    this.#isClosed = true;
    for (const id of this.#ownIds) this.#own.delete(id);
  }

  /** What it goes on after that only this connection knows becomes its own input: others could not go on after it else. */
  #withUnstored(stored: StoredResponse): StoredResponse {
    let { previousId, input } = stored;
    for (let own = this.#ownOf(previousId); own !== undefined; own = this.#ownOf(previousId)) {
      input = [...own.input, ...own.output, ...input];
      previousId = own.previousId;
    }
    return { ...stored, previousId, input };
  }

  #ownOf(id: string | null): StoredResponse | undefined {
    return id === null ? undefined : this.#own.get(id);
  }
}
