import { describe, expect, test } from "bun:test";
import { ConnectionStore } from "../../../../src/api/openai-responses/socket/connection-store.ts";
import { SqliteResponseStore } from "../../../../src/api/openai-responses/store/sqlite-store.ts";
import { stored } from "../store/stored.ts";

const unstored = (id: string, previousId: string | null = null) => ({
  ...stored(id),
  previousId,
  response: { id, store: false },
});
/** With the key of its connection. */
const SIZE = JSON.stringify({ ...unstored("a"), key: crypto.randomUUID() }).length;

/** What connections keep without storing it, with room for so many, and a time that goes on with each look at it. */
function unstoredStore(most = 10) {
  let now = 0;
  const store = new SqliteResponseStore(undefined, { maxCharacters: most * SIZE }, () => now++);
  return { store, connect: (shared = new SqliteResponseStore()) => new ConnectionStore(shared, store) };
}

describe("connections that keep what is not stored", () => {
  test("share their room: what was used longest ago gives way, of whichever connection", () => {
    const { connect } = unstoredStore(2);
    const [first, second] = [connect(), connect()];
    first.put(unstored("a"));
    second.put(unstored("b"));
    first.get("a");
    second.put(unstored("c"));
    expect([first.get("a")?.id, second.get("b")?.id, second.get("c")?.id]).toEqual(["a", undefined, "c"]);
  });

  test("see nothing of each other's, though items have the same id", () => {
    const { connect } = unstoredStore();
    const [first, second] = [connect(), connect()];
    first.put(unstored("a"));
    expect(first.findItem("in_a")).toBeDefined();
    expect([second.get("a"), second.findItem("in_a")]).toEqual([undefined, undefined]);
  });

  test("give their room back when they are closed, and take none after that", () => {
    const { store, connect } = unstoredStore();
    const connection = connect();
    connection.put(unstored("a"));
    expect(store.get("a")).toBeDefined();
    connection.close();
    connection.put(unstored("b"));
    expect([store.get("a"), store.get("b"), connection.get("a"), connection.get("b")].some(Boolean)).toBe(false);
  });

  test("keep nothing that has no room at all", () => {
    const { store, connect } = unstoredStore(1);
    const connection = connect();
    connection.put({ ...unstored("a"), response: { id: "a", store: false, text: "x".repeat(SIZE) } });
    expect([store.get("a"), connection.get("a")]).toEqual([undefined, undefined]);
  });
});

test("a stored response takes along what it goes on after and only the connection knows, up to what is stored", () => {
  const shared = new SqliteResponseStore();
  const connection = unstoredStore().connect(shared);
  connection.put(stored("kept"));
  connection.put(unstored("a", "kept"));
  connection.put(unstored("b", "a"));
  connection.put({ ...stored("c"), previousId: "b" });
  const { previousId, input } = shared.get("c") ?? {};
  expect(previousId).toBe("kept");
  expect(input?.map(({ id }) => id)).toEqual(["in_a", "msg_a", "in_b", "msg_b", "in_c"]);
});
