import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryResponseStore } from "../../../../src/api/openai-responses/store/memory-store.ts";
import { SqliteResponseStore } from "../../../../src/api/openai-responses/store/sqlite-store.ts";
import type { ResponseStore, StoredResponse } from "../../../../src/api/openai-responses/store/store.ts";
import { stored } from "../store/stored.ts";

// A client that sends an answer's item back keeps it in two responses: each is enough to find it.

const inMemory = (use: (store: ResponseStore) => void) => use(new MemoryResponseStore());
const onDisk = (use: (store: ResponseStore) => void) => {
  const folder = mkdtempSync(join(tmpdir(), "claude-max-api-store-"));
  const store = new SqliteResponseStore(join(folder, "responses.sqlite"));
  try {
    use(store);
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A response that was asked with the answer of another. */
const after = (id: string, { output }: StoredResponse): StoredResponse => ({ ...stored(id), input: output });

test.each([
  ["in memory", inMemory],
  ["on disk", onDisk],
])("an item kept %s by two responses is found until both are deleted", (_, using) => {
  for (const [first, second] of [
    ["a", "b"],
    ["b", "a"],
  ] as const) {
    using((store) => {
      store.put(stored("a"));
      store.put(after("b", stored("a")));
      store.delete(first);
      expect(store.findItem("msg_a")).toMatchObject({ content: [{ text: "a" }] });
      store.delete(second);
      expect(store.findItem("msg_a")).toBeUndefined();
    });
  }
});
