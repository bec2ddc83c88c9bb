import { describe, expect, test } from "bun:test";
import { ConnectionStore } from "../../../../src/api/openai-responses/socket/connection-store.ts";
import { MemoryResponseStore, SharedBudget } from "../../../../src/api/openai-responses/store/memory-store.ts";
import { stored } from "../store/stored.ts";

const unstored = (id: string, previousId: string | null = null) => ({
  ...stored(id),
  previousId,
  response: { id, store: false },
});
const SIZE = JSON.stringify(unstored("a")).length;

describe("connections that keep what is not stored", () => {
  test("share their room: what was used longest ago gives way, of whichever connection", () => {
    const budget = new SharedBudget(2 * SIZE);
    const shared = new MemoryResponseStore();
    const [first, second] = [new ConnectionStore(shared, budget), new ConnectionStore(shared, budget)];
    first.put(unstored("a"));
    second.put(unstored("b"));
    first.get("a");
    second.put(unstored("c"));
    expect([first.get("a")?.id, second.get("b")?.id, second.get("c")?.id]).toEqual(["a", undefined, "c"]);
    expect(budget.characters).toBe(2 * SIZE);
  });

  test("see nothing of each other's, though items have the same id", () => {
    const budget = new SharedBudget(10 * SIZE);
    const shared = new MemoryResponseStore();
    const [first, second] = [new ConnectionStore(shared, budget), new ConnectionStore(shared, budget)];
    first.put(unstored("a"));
    expect([second.get("a"), second.findItem("in_a")]).toEqual([undefined, undefined]);
  });

  test("give their room back when they are closed, and take none after that", () => {
    const budget = new SharedBudget(10 * SIZE);
    const connection = new ConnectionStore(new MemoryResponseStore(), budget);
    connection.put(unstored("a"));
    connection.put(unstored("a"));
    expect(budget.characters).toBe(SIZE);
    connection.close();
    connection.put(unstored("b"));
    expect([budget.characters, connection.get("a"), connection.get("b")]).toEqual([0, undefined, undefined]);
  });

  test("keep nothing that has no room at all", () => {
    const budget = new SharedBudget(SIZE - 1);
    const connection = new ConnectionStore(new MemoryResponseStore(), budget);
    connection.put(unstored("a"));
    expect([budget.characters, connection.get("a")]).toEqual([0, undefined]);
  });
});

test("a stored response takes along what it goes on after and only the connection knows, up to what is stored", () => {
  const shared = new MemoryResponseStore();
  const connection = new ConnectionStore(shared, new SharedBudget(10 * SIZE));
  connection.put(stored("kept"));
  connection.put(unstored("a", "kept"));
  connection.put(unstored("b", "a"));
  connection.put({ ...stored("c"), previousId: "b" });
  const { previousId, input } = shared.get("c") ?? {};
  expect(previousId).toBe("kept");
  expect(input?.map(({ id }) => id)).toEqual(["in_a", "msg_a", "in_b", "msg_b", "in_c"]);
});
