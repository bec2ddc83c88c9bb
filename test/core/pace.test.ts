import { expect, test } from "bun:test";
import { atOnce, each, inTurns, Pace, type Steps } from "../../src/core/pace.ts";

const LIST = Array.from({ length: 1_000 }, (_, index) => index);

function* collect(list: Iterable<number>): Steps<number[]> {
  const seen: number[] = [];
  yield* each(list, (member) => seen.push(member));
  return seen;
}

test("whoever does a work in turns may give way every so many members, and all are done in their order", async () => {
  let ways = 0;
  const giveWay = async () => void ways++;
  expect(await inTurns(collect(LIST), { giveWay })).toEqual(LIST);
  expect(ways).toBe(Math.floor(LIST.length / 128));
  expect(atOnce(collect(LIST))).toEqual(LIST);
});

test("a short list is done without a pause", async () => {
  const giveWay = async () => {
    throw new Error("it gave way");
  };
  expect(await inTurns(collect([1, 2]), { giveWay })).toEqual([1, 2]);
});

test("a fault in the middle of a work ends it", async () => {
  const work = function* (): Steps<void> {
    yield* each(LIST, (member) => {
      if (member === 500) throw new Error("no more");
    });
  };
  await expect(inTurns(work())).rejects.toThrow("no more");
});

test("the first pause lets all others have their turn, since nobody knows what was done before in the same one", async () => {
  const order: string[] = [];
  setImmediate(() => order.push("other"));
  await new Pace().giveWay();
  order.push("work");
  expect(order).toEqual(["other", "work"]);
});
