import { describe, expect, test } from "bun:test";
import { MemoryResponseStore, type StoreLimits } from "../../../../src/api/openai-responses/store/memory-store.ts";
import { stored } from "./stored.ts";

function storeWith(limits: Partial<StoreLimits>, ...ids: string[]) {
  const clock = { now: 0 };
  const store = new MemoryResponseStore(limits, () => clock.now);
  for (const id of ids) store.put(stored(id));
  return { store, clock, kept: (...of: string[]) => of.filter((id) => store.get(id) !== undefined) };
}

describe("kept responses", () => {
  test("are found by their ids, and their items by theirs", () => {
    const { store } = storeWith({}, "a", "b");
    expect(store.get("a")).toEqual(stored("a"));
    expect(store.findItem("in_b")).toMatchObject({ role: "user", content: "b" });
    expect(store.findItem("msg_a")).toMatchObject({ role: "assistant", content: [{ text: "a" }] });
  });

  test("are gone with their items once they are deleted", () => {
    const { store, kept } = storeWith({}, "a", "b");
    expect(store.delete("a")).toBe(true);
    expect(store.delete("a")).toBe(false);
    expect(kept("a", "b")).toEqual(["b"]);
    expect(store.findItem("msg_a")).toBeUndefined();
  });

  test("are at most so many: the one that was not asked for longest gives way", () => {
    const { store, kept } = storeWith({ maxResponses: 2 }, "a", "b");
    store.get("a");
    store.put(stored("c"));
    expect(kept("a", "b", "c")).toEqual(["a", "c"]);
  });

  test("take at most so much", () => {
    const size = JSON.stringify(stored("a")).length;
    const { store, kept } = storeWith({ maxCharacters: 2 * size }, "a", "b", "c");
    expect(kept("a", "b", "c")).toEqual(["b", "c"]);
    store.put(stored("d", "x".repeat(3 * size)));
    expect(kept("a", "b", "c", "d")).toEqual([]);
  });

  test("are kept so long, however often they are asked for", () => {
    const { store, clock, kept } = storeWith({ maxAgeMs: 10 }, "a");
    clock.now = 10;
    expect(kept("a")).toEqual(["a"]);
    clock.now = 11;
    expect(store.findItem("msg_a")).toBeUndefined();
    expect(kept("a")).toEqual([]);
    expect(store.delete("a")).toBe(false);
  });
});
