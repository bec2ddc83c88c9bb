import { expect, test } from "bun:test";
import { RecentMap } from "../../src/claude/recent-map.ts";

test("what was used longest ago is forgotten first, once there are too many", () => {
  const map = new RecentMap<string, number>(3);
  for (const [index, key] of ["a", "b", "c"].entries()) map.set(key, index);
  expect(map.get("a")).toBe(0);
  map.set("one more", 1);
  expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([0, undefined, 2]);
});
