import { expect, test } from "bun:test";
import { KeyedQueues } from "../../src/core/keyed-queues.ts";

test("what waits under a key is taken in its order, once, and whatever waits under others", () => {
  const queues = new KeyedQueues<number>();
  for (const [key, item] of [
    ["a", 1],
    ["b", 2],
    ["a", 3],
    ["__proto__", 4],
  ] as const)
    queues.add(key, item);
  expect([queues.take("a"), queues.take("__proto__"), queues.take("a"), queues.take("a"), queues.take("c")]).toEqual([
    1,
    4,
    3,
    undefined,
    undefined,
  ]);
  queues.add("a", 5);
  expect([queues.take("a"), queues.take("b")]).toEqual([5, 2]);
});
