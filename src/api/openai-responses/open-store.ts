import { MemoryResponseStore } from "./memory-store.ts";
import { SqliteResponseStore } from "./sqlite-store.ts";
import type { ResponseStore } from "./store.ts";

export type OpenedStore = { readonly store: ResponseStore; readonly close: () => void };

/** The store in a file, or in memory where there shall be none. A file that cannot be had is no reason not to answer. */
export function openResponseStore(path: string | undefined, onFailure: (reason: unknown) => void): OpenedStore {
  if (path !== undefined) {
    try {
      const store = new SqliteResponseStore(path);
      return { store, close: () => store.close() };
    } catch (reason) {
      onFailure(reason);
    }
  }
  return { store: new MemoryResponseStore(), close: () => {} };
}
