import { expect, test } from "bun:test";
import { ReadPace } from "../../../src/claude/process/read-pace.ts";

/** What a reader is told at each of these times. */
function told(times: readonly number[]): boolean[] {
  const pace = new ReadPace();
  return times.map((time) => pace.isHurried(time));
}

/** Reads that follow each other by so many ms. */
const every = (ms: number, count: number) => Array.from({ length: count }, (_, index) => index * ms);

test("the few lines by which a turn begins or ends make nobody wait, however close they are", () => {
  expect(told(every(0.05, 16))).not.toContain(true);
});

test("pieces that go on to come within a millisecond make the reader wait before each read", () => {
  const waits = told(every(0.05, 40));
  expect(waits.indexOf(true)).toBe(16);
  expect(waits.slice(16)).not.toContain(false);
});

test("a reader that waits already goes on to, although its reads lie further apart then", () => {
  const close = every(0.05, 20);
  const paced = every(2.5, 10).map((time) => time + 3);
  expect(told([...close, ...paced]).slice(20)).not.toContain(false);
});

test("pieces that come slower make nobody wait, and end the waiting at once", () => {
  expect(told(every(5, 100))).not.toContain(true);
  const waits = told([...every(0.05, 20), 20, 40]);
  expect(waits.slice(20)).toEqual([false, false]);
});
