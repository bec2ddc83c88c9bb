import { MemoryResponseStore, type SharedBudget } from "../store/memory-store.ts";
import type { KeptItem, ResponseStore, StoredResponse } from "../store/store.ts";

/** So many of what is not stored are known to a connection. */
const MOST_RESPONSES = 100;
/** Of what is not stored, known to all connections together. */
export const MOST_UNSTORED_CHARACTERS = 64 * 1024 * 1024;

/**
 * What one connection can refer to: what is stored, and, as long as it lasts, its own responses with `store` false. OpenAI
 * documents the latter for its WebSocket mode, of the last response of each stream.
 */
export class ConnectionStore implements ResponseStore {
  readonly #shared: ResponseStore;
  readonly #own: MemoryResponseStore;
  #isClosed = false;

  constructor(shared: ResponseStore, budget: SharedBudget) {
    this.#shared = shared;
    this.#own = new MemoryResponseStore({ maxResponses: MOST_RESPONSES }, Date.now, budget);
  }

  put(stored: StoredResponse): boolean {
    if (stored.response.store !== false) return this.#shared.put(this.#withUnstored(stored));
    return this.#isClosed || this.#own.put(stored);
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
    this.#own.clear();
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
