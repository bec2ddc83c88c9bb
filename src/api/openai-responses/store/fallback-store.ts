import { ApiError } from "../../../core/error.ts";
import { MemoryResponseStore } from "./memory-store.ts";
import { SqliteResponseStore } from "./sqlite-store.ts";
import type { KeptItem, ResponseStore, StoredResponse } from "./store.ts";

const NOT_DELETED = "The disk lets nothing be deleted now: the response may still be stored. Try again later.";

/** A file that fails is left alone for so long: waiting for one that is locked keeps the whole server waiting. */
const TRIED_AGAIN_AFTER_MS = 10_000;

/**
 * Keeps responses in memory where the disk does not take them, so that they can be gone on after all the same, and has them say so:
 * their `store` is false. Whatever the disk does, nothing is thrown, but where something should be deleted and cannot be.
 */
export class FallbackStore implements ResponseStore {
  readonly #disk: ResponseStore | undefined;
  readonly #onFailure: (reason: unknown) => void;
  readonly #now: () => number;
  readonly #memory = new MemoryResponseStore();
  #failedAt = Number.NEGATIVE_INFINITY;
  #isTold = false;

  /** Without a disk, all is in memory. `onFailure` is told of the first failure, and of the first after something was stored again. */
  constructor(
    disk: ResponseStore | undefined,
    onFailure: (reason: unknown) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#disk = disk;
    this.#onFailure = onFailure;
    this.#now = now;
  }

  put(stored: StoredResponse): boolean {
    const isTried = this.#now() - this.#failedAt >= TRIED_AGAIN_AFTER_MS;
    if (isTried && this.#attempt(() => this.#disk?.put(stored))) {
      this.#memory.delete(stored.id);
      this.#isTold = false;
      return true;
    }
    this.#memory.put({ ...stored, response: { ...stored.response, store: false } });
    return false;
  }

  get(id: string): StoredResponse | undefined {
    return this.#memory.get(id) ?? this.#attempt(() => this.#disk?.get(id));
  }

  delete(id: string): boolean {
    const wasHere = this.#memory.delete(id);
    const attempt = this.#attempt(() => ({ wasThere: this.#disk?.delete(id) ?? false }));
    // Whoever deletes has to know.
    if (attempt === undefined) throw new ApiError("internal_error", NOT_DELETED);
    return attempt.wasThere || wasHere;
  }

  findItem(id: string, key?: string): KeptItem | undefined {
    return this.#memory.findItem(id, key) ?? this.#attempt(() => this.#disk?.findItem(id, key));
  }

  #attempt<Result>(work: () => Result): Result | undefined {
    try {
      return work();
    } catch (reason) {
      this.#failedAt = this.#now();
      if (!this.#isTold) this.#onFailure(reason);
      this.#isTold = true;
      return undefined;
    }
  }
}

type OpenedStore = { readonly store: ResponseStore; readonly close: () => void };

type StoreOptions = {
  /** Undefined: responses are kept in memory alone, which is what was asked for. */
  readonly path?: string | undefined;
  /** Makes sure of a file that only the user can read. Throws where there can be none. */
  readonly makePrivate?: (path: string) => void;
  /** Told why responses are not stored on disk. */
  readonly onFailure?: (reason: unknown) => void;
};

/** The store in a file, or in memory where there shall be none. A file that cannot be had is no reason not to answer. */
export function openResponseStore({ path, makePrivate, onFailure = () => {} }: StoreOptions): OpenedStore {
  if (path === undefined) return { store: new MemoryResponseStore(), close: () => {} };
  try {
    makePrivate?.(path);
    const disk = new SqliteResponseStore(path);
    return { store: new FallbackStore(disk, onFailure), close: () => disk.close() };
  } catch (reason) {
    onFailure(reason);
    return { store: new FallbackStore(undefined, () => {}), close: () => {} };
  }
}
