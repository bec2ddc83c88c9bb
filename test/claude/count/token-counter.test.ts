import { expect, test } from "bun:test";
import { TokenCounter, type TokenCounterOptions } from "../../../src/claude/count/token-counter.ts";
import type { ChatRequest } from "../../../src/core/request.ts";
import { makeScripts } from "../../support/scripts.ts";
import { countingScript, startCounting } from "./counting-script.ts";

const REQUEST: ChatRequest = {
  model: "sonnet",
  system: "",
  turns: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
  tools: [],
  toolChoice: { type: "auto" },
  parallelToolCalls: true,
  stop: [],
};
const DEMAND = { request: REQUEST, model: "sonnet", installed: { path: "/claude", version: "2.1.250" } };

function makeCounter(options: Partial<TokenCounterOptions>) {
  const places = { taken: 0, most: 0, free: 0 };
  const counter = new TokenCounter({
    start: () => {
      throw new Error("no process in these tests");
    },
    tryOut: () => Promise.resolve(undefined),
    takePlace: () => {
      places.taken++;
      places.most = Math.max(places.most, places.taken - places.free);
      return Promise.resolve(() => void places.free++);
    },
    ...options,
  });
  const count = (signal = new AbortController().signal) =>
    counter.count(DEMAND, signal).catch((error: unknown) => error);
  return { counter, count, places };
}

test("a version that is not known to count for free is not asked to, and is tried once", async () => {
  let tried = 0;
  const { count } = makeCounter({
    tryOut: () => {
      tried++;
      return Promise.resolve(undefined);
    },
  });
  const refusal = { code: "not_implemented", message: expect.stringContaining("2.1.250") };
  expect(await count()).toMatchObject(refusal);
  expect(await count()).toMatchObject(refusal);
  expect(tried).toBe(1);
});

test("what could not be tried is tried again", async () => {
  let tried = 0;
  const { count } = makeCounter({
    tryOut: () => {
      tried++;
      return Promise.reject(new Error("no time"));
    },
  });
  for (const _ of [1, 2])
    expect(await count()).toMatchObject({ code: "cli_failed", message: expect.stringContaining("no time") });
  expect(tried).toBe(2);
});

test("counts that wait take no place from requests: at most one has one, and gives it back", async () => {
  const outcome = Promise.withResolvers<undefined>();
  const { count, places } = makeCounter({ tryOut: () => outcome.promise });
  const counts = [count(), count(), count()];
  await Bun.sleep(1);
  expect(places).toMatchObject({ taken: 1, free: 0 });
  outcome.resolve(undefined);
  await Promise.all(counts);
  expect(places).toEqual({ taken: 3, most: 1, free: 3 });
});

test("a client that leaves while it waits leaves the line", async () => {
  const outcome = Promise.withResolvers<undefined>();
  const { count, places } = makeCounter({ tryOut: () => outcome.promise });
  const first = count();
  const leaving = new AbortController();
  const second = count(leaving.signal);
  leaving.abort("gone");
  expect(await second).toBe("gone");
  outcome.resolve(undefined);
  await first;
  expect(places.taken).toBe(1);
});

test("closing ends what is counted, and waits for it", async () => {
  const { counter, count } = makeCounter({
    tryOut: (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  });
  const counting = count();
  await Bun.sleep(1);
  await counter.close();
  expect(await counting).toMatchObject({ code: "shutting_down" });
});

test.each<[string, number[], number | string]>([
  ["is what they have beside the fillers", [1_000, 1_900, 1_150], 10 + 250 + 100 - 10],
  ["is not told where nothing is told of them", [1_000, 1_900, 0], "cli_failed"],
  ["is not told where they are nothing beside the filler", [1_000, 1_900, 810], "cli_failed"],
  ["is not told where a filler adds nothing", [1_000, 1_000, 1_150], "cli_failed"],
  ["is not told where nothing is told of the first filler", [0, 1_900, 1_150], "cli_failed"],
])("the count of tools %s", async (_, ofTools, expected) => {
  using scripts = makeScripts();
  const paths = ofTools.map((tools, index) =>
    scripts.write(`claude${index}`, countingScript({ messages: 10, mcp_tools: tools })),
  );
  const { counter } = makeCounter({
    start: () => startCounting(paths.shift() ?? "/nothing"),
    tryOut: () => Promise.resolve({ takenOff: 100 }),
  });
  const tools = [{ name: "f", parameters: { type: "object" } }];
  const demand = { ...DEMAND, request: { ...REQUEST, tools } };
  const counted = counter.count(demand, new AbortController().signal).then(
    ({ inputTokens }) => inputTokens,
    ({ code }) => code,
  );
  expect<unknown>(await counted).toBe(expected);
});
