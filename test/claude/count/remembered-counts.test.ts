import { expect, test } from "bun:test";
import { contentKey, RememberedCounts } from "../../../src/claude/count/remembered-counts.ts";

test("what was used longest ago is forgotten first, once there are too many", () => {
  const counts = new RememberedCounts();
  for (let count = 0; count < 5_000; count++) counts.set(String(count), count);
  expect(counts.get("0")).toBe(0);
  counts.set("one more", 1);
  expect([counts.get("0"), counts.get("1"), counts.get("2")]).toEqual([0, undefined, 2]);
});

test("only the same content has the same key", () => {
  const keys = [contentKey("a", ["b"]), contentKey(["a"], "b"), contentKey("ab"), contentKey("a", ["b"], [])];
  expect(new Set(keys).size).toBe(4);
  expect(contentKey("a", ["b"])).toBe(keys[0] ?? "");
});
