import { expect, test } from "bun:test";
import { apiError } from "../../src/simulator/reply.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { message, post } from "./api-client.ts";
import { IMAGES, imageBlock } from "./media.ts";
import { simulatorPerTest } from "./simulator-fixture.ts";

const start = simulatorPerTest();
const EPHEMERAL = { type: "ephemeral" };

/** A text worth this many tokens. */
const worth = (tokens: number, letter = "x") => letter.repeat(tokens * 4);
const marked = (text: string, cache_control: object = EPHEMERAL) => ({ type: "text", text, cache_control });
const unmarked = (text: string) => ({ type: "text", text });

/** [input, cache creation, cache read] */
async function charged(simulator: Simulator, request: Record<string, unknown>): Promise<(number | undefined)[]> {
  const { usage } = await message(simulator, request);
  return [usage.input_tokens, usage.cache_creation_input_tokens, usage.cache_read_input_tokens];
}

test("input tokens are the characters of system, tools and messages by four", async () => {
  const tool = { name: "weather", description: "says it", input_schema: { type: "object" } };
  const request = { system: worth(10), tools: [tool], messages: [{ role: "user", content: worth(5) }] };
  expect(await charged(start(), request)).toEqual([10 + Math.ceil(JSON.stringify(tool).length / 4) + 5, 0, 0]);
});

test("what lies before a marker is written to the cache once and read from then on", async () => {
  const simulator = start();
  const request = (question: string) => ({
    system: [marked(worth(100))],
    messages: [{ role: "user", content: question }],
  });
  expect(await charged(simulator, request(worth(3, "a")))).toEqual([3, 100, 0]);
  expect(await charged(simulator, request(worth(7, "b")))).toEqual([7, 0, 100]);
});

test("a growing conversation reads its old part and writes its new part", async () => {
  const simulator = start();
  const first = { messages: [{ role: "user", content: [marked(worth(20, "a"))] }] };
  const second = {
    messages: [
      { role: "user", content: worth(20, "a") },
      { role: "assistant", content: [unmarked(worth(5, "b"))] },
      { role: "user", content: [marked(worth(6, "c"))] },
    ],
  };
  expect(await charged(simulator, first)).toEqual([0, 20, 0]);
  expect(await charged(simulator, second)).toEqual([0, 11, 20]);
});

test("a changed beginning reads nothing", async () => {
  const simulator = start();
  const request = (system: string) => ({ system, messages: [{ role: "user", content: [marked(worth(20))] }] });
  await charged(simulator, request(worth(4, "a")));
  expect(await charged(simulator, request(worth(4, "b")))).toEqual([0, 24, 0]);
});

test("another model has a cache of its own", async () => {
  const simulator = start();
  const messages = [{ role: "user", content: [marked(worth(20))] }];
  await charged(simulator, { model: "claude-a", messages });
  expect(await charged(simulator, { model: "claude-b", messages })).toEqual([0, 20, 0]);
});

test("a request without markers neither reads nor writes the cache", async () => {
  const simulator = start();
  await charged(simulator, { messages: [{ role: "user", content: [marked(worth(20))] }] });
  expect(await charged(simulator, { messages: [{ role: "user", content: worth(20) }] })).toEqual([20, 0, 0]);
});

test("the same text said by another role is another prefix", async () => {
  const simulator = start();
  await charged(simulator, { messages: [{ role: "user", content: [marked(worth(20))] }] });
  const asSystem = { system: [marked(worth(20))], messages: [{ role: "user", content: worth(1) }] };
  expect(await charged(simulator, asSystem)).toEqual([1, 20, 0]);
});

test("written tokens are told apart by the lifetime their marker asks for", async () => {
  const { usage } = await message(start(), {
    system: [marked(worth(10), { type: "ephemeral", ttl: "1h" })],
    messages: [{ role: "user", content: [marked(worth(5))] }],
  });
  expect(usage.cache_creation as unknown).toEqual({ ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 10 });
});

test("an image counts as a flat number of tokens, not by its encoded length", async () => {
  const image = imageBlock("image/png", IMAGES["image/png"].slice(0, 16).padEnd(400_000, "A"));
  expect(await charged(start(), { messages: [{ role: "user", content: [image] }] })).toEqual([1500, 0, 0]);
});

test("an image within a tool result counts like any other", async () => {
  const result = { type: "tool_result", tool_use_id: "x", content: [unmarked(worth(5)), imageBlock()] };
  const call = { type: "tool_use", id: "x", name: "look", input: {} };
  const messages = [
    { role: "user", content: worth(1) },
    { role: "assistant", content: [call] },
    { role: "user", content: [result] },
  ];
  const tokens = 1 + Math.ceil(JSON.stringify(call).length / 4) + 5 + 1500;
  expect(await charged(start(), { messages })).toEqual([tokens, 0, 0]);
});

test("a request answered with an error leaves nothing in the cache", async () => {
  const simulator = start();
  const request = { messages: [{ role: "user", content: [marked(worth(20))] }] };
  simulator.enqueue(apiError(529, "overloaded_error", "Overloaded"));
  expect((await post(simulator, request)).status).toBe(529);
  expect(await charged(simulator, request)).toEqual([0, 20, 0]);
});
