import { describe, expect, test } from "bun:test";
import { apiError } from "../../../src/simulator/reply.ts";
import type { Simulator } from "../../../src/simulator/simulator.ts";
import { message, post } from "../api-client.ts";
import { IMAGES, imageBlock } from "../media.ts";
import { simulatorPerTest } from "../simulator-fixture.ts";

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
    system: [marked(worth(2000))],
    messages: [{ role: "user", content: question }],
  });
  expect(await charged(simulator, request(worth(3, "a")))).toEqual([3, 2000, 0]);
  expect(await charged(simulator, request(worth(7, "b")))).toEqual([7, 0, 2000]);
});

test("a growing conversation reads its old part and writes its new part", async () => {
  const simulator = start();
  const first = { messages: [{ role: "user", content: [marked(worth(2000, "a"))] }] };
  const second = {
    messages: [
      { role: "user", content: worth(2000, "a") },
      { role: "assistant", content: [unmarked(worth(5, "b"))] },
      { role: "user", content: [marked(worth(6, "c"))] },
    ],
  };
  expect(await charged(simulator, first)).toEqual([0, 2000, 0]);
  expect(await charged(simulator, second)).toEqual([0, 11, 2000]);
});

test.each([
  ["claude-test-1", 1024],
  ["claude-opus-4-6", 4096],
  ["claude-haiku-4-5-20251001", 4096],
  ["claude-opus-4-7", 2048],
  ["claude-opus-5-5", 512],
])("%s caches no prefix of less than %i tokens", async (model, minimum) => {
  const simulator = start();
  const request = (tokens: number) => ({ model, messages: [{ role: "user", content: [marked(worth(tokens))] }] });
  expect(await charged(simulator, request(minimum - 1))).toEqual([minimum - 1, 0, 0]);
  expect(await charged(simulator, request(minimum - 1))).toEqual([minimum - 1, 0, 0]);
  expect(await charged(simulator, request(minimum))).toEqual([0, minimum, 0]);
  expect(await charged(simulator, request(minimum))).toEqual([0, 0, minimum]);
});

test("the minimum is one for the whole prefix, whatever was cached before", async () => {
  const simulator = start();
  const request = (question: string) => ({
    system: [marked(worth(1500))],
    messages: [{ role: "user", content: [marked(question)] }],
  });
  await charged(simulator, request(worth(3, "a")));
  expect(await charged(simulator, request(worth(4, "b")))).toEqual([0, 4, 1500]);
});

describe("an entry is found within 20 blocks of a marker, the marked one included", () => {
  /** As many blocks behind one that was cached, the last marked. */
  const grown = (blocks: number) => ({
    messages: [
      {
        role: "user",
        content: [
          unmarked(worth(2000, "a")),
          ...Array.from({ length: blocks - 1 }, () => unmarked(worth(1))),
          marked(worth(1)),
        ],
      },
    ],
  });
  const first = { messages: [{ role: "user", content: [marked(worth(2000, "a"))] }] };

  test("19 blocks further", async () => {
    const simulator = start();
    await charged(simulator, first);
    expect(await charged(simulator, grown(19))).toEqual([0, 19, 2000]);
  });

  test("20 blocks further it is not, and all is written anew", async () => {
    const simulator = start();
    await charged(simulator, first);
    expect(await charged(simulator, grown(20))).toEqual([0, 2020, 0]);
  });

  test("each marker looks for itself, and the longest prefix counts", async () => {
    const simulator = start();
    const request = (blocks: number) => ({ system: [marked(worth(1100))], ...grown(blocks) });
    await charged(simulator, request(1));
    expect(await charged(simulator, request(2))).toEqual([0, 1, 3101]);
    expect(await charged(simulator, request(40))).toEqual([0, 2040, 1100]);
  });
});

test("a cleared cache reads nothing", async () => {
  const simulator = start();
  const request = { messages: [{ role: "user", content: [marked(worth(2000))] }] };
  await charged(simulator, request);
  simulator.clearPromptCache();
  expect(await charged(simulator, request)).toEqual([0, 2000, 0]);
});

test("a changed beginning reads nothing", async () => {
  const simulator = start();
  const request = (system: string) => ({ system, messages: [{ role: "user", content: [marked(worth(2000))] }] });
  await charged(simulator, request(worth(4, "a")));
  expect(await charged(simulator, request(worth(4, "b")))).toEqual([0, 2004, 0]);
});

test("another model has a cache of its own", async () => {
  const simulator = start();
  const messages = [{ role: "user", content: [marked(worth(2000))] }];
  await charged(simulator, { model: "claude-a", messages });
  expect(await charged(simulator, { model: "claude-b", messages })).toEqual([0, 2000, 0]);
});

test("a request without markers neither reads nor writes the cache", async () => {
  const simulator = start();
  await charged(simulator, { messages: [{ role: "user", content: [marked(worth(2000))] }] });
  expect(await charged(simulator, { messages: [{ role: "user", content: worth(2000) }] })).toEqual([2000, 0, 0]);
});

test("the same text said by another role is another prefix", async () => {
  const simulator = start();
  await charged(simulator, { messages: [{ role: "user", content: [marked(worth(2000))] }] });
  const asSystem = { system: [marked(worth(2000))], messages: [{ role: "user", content: worth(1) }] };
  expect(await charged(simulator, asSystem)).toEqual([1, 2000, 0]);
});

test("written tokens are told apart by the lifetime their marker asks for", async () => {
  const { usage } = await message(start(), {
    system: [marked(worth(1100), { type: "ephemeral", ttl: "1h" })],
    messages: [{ role: "user", content: [marked(worth(5))] }],
  });
  expect(usage.cache_creation as unknown).toEqual({ ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 1100 });
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
  const request = { messages: [{ role: "user", content: [marked(worth(2000))] }] };
  simulator.enqueue(apiError(529, "overloaded_error", "Overloaded"));
  expect((await post(simulator, request)).status).toBe(529);
  expect(await charged(simulator, request)).toEqual([0, 2000, 0]);
});

test("the log tells what each request was charged, as the answer does", async () => {
  const simulator = start();
  const request = { system: [marked(worth(2000))], messages: [{ role: "user", content: worth(3) }] };
  simulator.enqueue(apiError(529, "overloaded_error", "Overloaded"));
  await post(simulator, request);
  const { usage } = await message(simulator, request);
  const { output_tokens: _, service_tier: __, inference_geo: ___, output_tokens_details: ____, ...prompt } = usage;
  expect(simulator.requests.map(({ charged }) => charged)).toEqual([undefined, expect.objectContaining(prompt)]);
});
