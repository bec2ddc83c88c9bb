import { FallbackStore } from "./fallback-store.ts";
import { MemoryResponseStore } from "./memory-store.ts";
import { SqliteResponseStore } from "./sqlite-store.ts";
import type { ResponseStore } from "./store.ts";

export type OpenedStore = { readonly store: ResponseStore; readonly close: () => void };

export type StoreOptions = {
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
    return { store: new FallbackStore(NO_DISK, () => {}), close: () => {} };
  }
}

/** Takes nothing, and has nothing. */
const NO_DISK: ResponseStore = {
  put: () => false,
  get: () => undefined,
  delete: () => false,
  findItem: () => undefined,
};
