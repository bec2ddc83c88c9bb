import { MemoryResponseStore } from "./memory-store.ts";
import type { KeptItem, ResponseStore, StoredResponse } from "./store.ts";

/** So many, and so much, of what is not stored is known to a connection. */
const LIMITS = { maxResponses: 100, maxCharacters: 64 * 1024 * 1024 };

/**
 * What one connection can refer to: what is stored, and, as long as it lasts, its own responses with `store` false. OpenAI
 * documents the latter for its WebSocket mode, of the last response of each stream.
 */
export class ConnectionStore implements ResponseStore {
  readonly #shared: ResponseStore;
  readonly #own = new MemoryResponseStore(LIMITS);

  constructor(shared: ResponseStore) {
    this.#shared = shared;
  }

  put(stored: StoredResponse): void {
    const store = stored.response.store === false ? this.#own : this.#shared;
    store.put(stored);
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
}
