import { afterEach, expect, jest, test } from "bun:test";
import type { Guest } from "../../../src/claude/pool/pool-state.ts";
import { fakeCounter, tool, user } from "./fake-counts.ts";

afterEach(() => void jest.useRealTimers());

/** So many different conversations. */
const several = (number: number, prefix = "") =>
  Array.from({ length: number }, (_, index) => [user(`${prefix}${index}`)]);

/** Lets everything go on that waits for nothing. */
const settle = async () => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};

test("several are counted at once, by few processes, which are kept for the next ones", async () => {
  const gate = Promise.withResolvers<void>();
  const { count, seen } = fakeCounter({ gate: gate.promise });
  const counts = several(13).map((turns) => count(turns));
  await settle();
  expect(seen).toMatchObject({ counts: 4, alive: 4, places: 4 });
  gate.resolve();
  expect(new Set((await Promise.all(counts)).map((each) => JSON.stringify(each))).size).toBe(1);
  await Promise.all(several(13, "again ").map((turns) => count(turns)));
  expect(seen).toMatchObject({ counts: 26, started: 4, mostPlaces: 4, places: 0 });
});

test("two at once wait for one another, since a start takes longer than a count", async () => {
  const { count, seen } = fakeCounter();
  await Promise.all(several(2).map((turns) => count(turns)));
  expect(seen).toMatchObject({ counts: 2, started: 1 });
});

test("those that wait take no place from requests, and leave without a trace", async () => {
  const gate = Promise.withResolvers<void>();
  const { count, seen } = fakeCounter({ gate: gate.promise });
  const counts = several(4).map((turns) => count(turns));
  await settle();
  const leaving = new AbortController();
  const left = count([user("left")], [], leaving.signal);
  await settle();
  leaving.abort("gone");
  expect(await left).toBe("gone");
  gate.resolve();
  await Promise.all(counts);
  expect(seen).toMatchObject({ counts: 4, places: 0 });
});

test("where there is no room for a second one, the first counts all", async () => {
  const { count, seen } = fakeCounter({ keepRoom: (_, { mustBe }) => (mustBe ? () => {} : undefined) });
  const counts = await Promise.all(several(6).map((turns) => count(turns)));
  expect(counts).toEqual(several(6).map(() => ({ inputTokens: 10, counted: "whole" })));
  expect(seen).toMatchObject({ started: 1, counts: 6, places: 0 });
});

test("one that cannot count what is asked stays, unless there is room for none beside it", async () => {
  const asked = [tool("f", "unlike")];
  const tools = { claude_max_api_first_filler: 1_000, claude_max_api_filler: 900, f: 250 };
  const roomy = fakeCounter({ tools });
  await roomy.count([user("a")]);
  await roomy.count([user("b")], asked);
  expect(roomy.seen.most).toBeGreaterThan(1);
  const cramped = fakeCounter({ tools, keepRoom: (_, { mustBe }) => (mustBe ? () => {} : undefined) });
  await cramped.count([user("a")]);
  expect(await cramped.count([user("b")], asked)).toMatchObject({ counted: "parts" });
  expect(cramped.seen.most).toBe(1);
});

test("one that rests gives its room back when others need it, or after a while", async () => {
  jest.useFakeTimers();
  const guests: Guest[] = [];
  let room = 0;
  const { count, seen } = fakeCounter({
    keepRoom: (guest) => {
      guests.push(guest);
      room++;
      return () => void room--;
    },
    idleTimeoutMs: 60_000,
  });
  await count([user("a")]);
  const latest = guests.at(-1);
  expect([latest?.isResting, room]).toEqual([true, 1]);
  latest?.retire();
  expect([seen.alive, room]).toEqual([0, 0]);
  await count([user("b")]);
  jest.advanceTimersByTime(59_000);
  expect(seen.alive).toBe(1);
  jest.advanceTimersByTime(2_000);
  expect([seen.alive, room, seen.started]).toEqual([0, 0, 2]);
});

test("one whose client has left is ended, and the next is counted by another", async () => {
  const { count, seen } = fakeCounter({ gate: new Promise(() => {}) });
  const leaving = new AbortController();
  const left = count([user("a")], [], leaving.signal);
  await settle();
  expect(seen.alive).toBe(1);
  leaving.abort("gone");
  expect(await left).toBe("gone");
  await settle();
  expect(seen).toMatchObject({ alive: 0, places: 0 });
});

test("a process that cannot be started is an error, and those that wait are counted all the same", async () => {
  let starts = 0;
  const { count } = fakeCounter({
    start: () => {
      if (++starts === 1) throw new Error("no such program");
      return {
        isUsable: true,
        canCount: () => true,
        count: () => Promise.resolve({ parts: { conversation: 10, tools: 0 }, estimated: undefined }),
        close: () => Promise.resolve(),
        terminate: () => Promise.resolve(),
      };
    },
    keepRoom: (_, { mustBe }) => (mustBe ? () => {} : undefined),
  });
  const counts = await Promise.all(several(3).map((turns) => count(turns)));
  expect(counts.filter((each) => each instanceof Error)).toHaveLength(1);
});
