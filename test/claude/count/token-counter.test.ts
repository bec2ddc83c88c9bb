import { expect, test } from "bun:test";
import { contentKey } from "../../../src/claude/count/token-counter.ts";
import { ApiError } from "../../../src/core/error.ts";
import { atOnce } from "../../../src/core/pace.ts";
import { fakeCounter, tool, user } from "./fake-counts.ts";

test("a version that is not known to count for free is not asked to, and is tried once", async () => {
  let tried = 0;
  const { count, seen } = fakeCounter({
    tryOut: () => {
      tried++;
      return Promise.resolve(undefined);
    },
  });
  const refusal = { code: "not_implemented", message: expect.stringContaining("2.1.330") };
  expect(await count([user("a")])).toMatchObject(refusal);
  expect(await Promise.all([count([user("b")]), count([user("c")])])).toMatchObject([refusal, refusal]);
  expect([tried, seen.started, seen.places]).toEqual([1, 0, 0]);
});

test("what could not be tried is tried again", async () => {
  let tried = 0;
  const { count } = fakeCounter({
    tryOut: () => {
      tried++;
      return Promise.reject(new Error("no time"));
    },
  });
  for (const _ of [1, 2])
    expect(await count([user("a")])).toMatchObject({ code: "cli_failed", message: expect.stringContaining("no time") });
  expect(tried).toBe(2);
});

test("a trial goes on for the others when the one who brought it about leaves", async () => {
  const outcome = Promise.withResolvers<number>();
  const { count } = fakeCounter({ tryOut: () => outcome.promise });
  const leaving = new AbortController();
  const [first, second] = [count([user("a")], [], leaving.signal), count([user("b")])];
  leaving.abort("gone");
  expect(await first).toBe("gone");
  outcome.resolve(100);
  expect(await second).toEqual({ inputTokens: 10, counted: "whole" });
});

test("closing ends what is counted, and waits for it", async () => {
  const { counter, count, seen } = fakeCounter({ gate: new Promise(() => {}) });
  const counting = [count([user("a")]), count([user("b")])];
  await Bun.sleep(1);
  await counter.close();
  expect(await Promise.all(counting)).toMatchObject([{ code: "shutting_down" }, { code: "shutting_down" }]);
  expect([seen.alive, seen.places]).toEqual([0, 0]);
});

test("what was counted is not asked for again, conversation and tools each for themselves", async () => {
  const tools = { claude_max_api_first_filler: 1_000, claude_max_api_filler: 900, f: 250 };
  const { count, seen } = fakeCounter({ tools });
  const told = { inputTokens: 10 + 250 + 100 - 10, counted: "parts" };
  expect(await count([user("a")], [tool("f")])).toEqual(told);
  const { counts } = seen;
  expect(await count([user("a")], [tool("f")])).toEqual(told);
  expect(await count([user("a")])).toEqual({ inputTokens: 10, counted: "whole" });
  expect(seen.counts).toBe(counts);
  // The conversation is new, the tools are not; and the other way round.
  await count([user("b")], [tool("f")]);
  expect(seen.counts).toBe(counts + 1);
  await count([user("b")], [tool("f", "Another.")]);
  expect(seen.counts).toBe(counts + 2);
});

test("the same at the same time is asked for once", async () => {
  const gate = Promise.withResolvers<void>();
  const { count, seen } = fakeCounter({ gate: gate.promise });
  const counts = Promise.all(Array.from({ length: 5 }, () => count([user("a")])));
  gate.resolve();
  expect(new Set((await counts).map((each) => JSON.stringify(each))).size).toBe(1);
  expect([seen.counts, seen.started]).toEqual([1, 1]);
});

test("an estimate is an error, and is not remembered", async () => {
  let estimated: ApiError | undefined = new ApiError("rate_limited", "slow down");
  const { count, seen } = fakeCounter({ counted: () => ({ estimated }) });
  expect(await count([user("a")])).toBe(estimated);
  estimated = undefined;
  expect(await count([user("a")])).toEqual({ inputTokens: 10, counted: "whole" });
  expect([seen.counts, seen.started]).toEqual([2, 1]);
});

const FILLERS = { claude_max_api_first_filler: 1_000, claude_max_api_filler: 900 };
test.each<[string, Record<string, number>, number | string]>([
  ["is what they have beside the fillers", { ...FILLERS, f: 250 }, 10 + 250 + 100 - 10],
  ["is not told where nothing is told of them", { ...FILLERS, f: -900 }, "cli_failed"],
  ["is not told where they are nothing beside the filler", { ...FILLERS, f: -90 }, "cli_failed"],
  ["is not told where a filler adds nothing", { claude_max_api_first_filler: 1_000, f: 1_150 }, "cli_failed"],
  ["is not told where nothing is told of the first filler", { claude_max_api_filler: 900, f: 250 }, "cli_failed"],
])("the count of tools %s", async (_, tools, expected) => {
  const { count } = fakeCounter({ tools });
  const told: unknown = await count([user("a")], [tool("f")]);
  expect(told).toMatchObject(typeof expected === "number" ? { inputTokens: expected } : { code: expected });
});

test("only the same content has the same key", () => {
  const key = (setting: readonly unknown[], content: readonly unknown[]) => atOnce(contentKey(setting, content));
  const keys = [key(["a"], ["b"]), key(["a", "b"], []), key([], ["a", "b"]), key(["ab"], []), key(["a"], [["b"]])];
  expect(new Set(keys).size).toBe(5);
  expect(key(["a"], ["b"])).toBe(keys[0] ?? "");
});
