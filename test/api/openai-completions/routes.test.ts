import { afterEach, describe, expect, test } from "bun:test";
import { openaiCompletionsRoutes } from "../../../src/api/openai-completions/routes.ts";
import { ApiError } from "../../../src/core/error.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import { sseChunks, sseData } from "../../support/sse.ts";
import { until } from "../../support/wait.ts";
import { readError } from "../../support/wire.ts";
import {
  BUSY,
  BUSY_BODY,
  FINISH,
  HELLO,
  listenWith,
  play,
  playing,
  type Run,
  START,
  stopServers,
  untilAborted,
} from "../openai-chat/chat-server.ts";

afterEach(stopServers);

function serve(run: Run) {
  const { asked, backend } = playing(run);
  const { url } = listenWith(backend, openaiCompletionsRoutes({ backend }));
  const post = (fields: object, init: RequestInit = {}) =>
    fetch(`${url}/v1/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "opus", prompt: "Say", ...fields }),
      ...init,
    });
  return { asked, post, url };
}

const THINKING: ChatEvent[] = [
  { type: "reasoning-start", block: 1 },
  { type: "reasoning-delta", block: 1, text: "hm" },
  { type: "reasoning-end", block: 1 },
];
const LENGTH: ChatEvent = { ...FINISH, reason: { unified: "length", raw: "max_tokens" } };
const USAGE = {
  prompt_tokens: 6,
  completion_tokens: 4,
  total_tokens: 10,
  prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 3 },
};

test("of several prompts the longest, which may be too long, is refused before another is asked; else all are asked", async () => {
  const tooLong = new ApiError("context_length_exceeded", "too long");
  const run = (refuses: boolean): Run =>
    async function* (_, index) {
      if (refuses && index === 0) yield { type: "error", error: tooLong };
      else yield* [START, ...HELLO, FINISH];
    };
  const prompt = ["short", "long ".repeat(40_000), "also short"];
  for (const stream of [false, true]) {
    const { asked, post } = serve(run(true));
    const response = await post({ prompt, stream });
    expect(response.status).toBe(400);
    await Bun.sleep(5);
    expect(asked.filter(({ signal }) => !signal.aborted)).toEqual([]);
    expect(asked).toHaveLength(1);
  }
  const { asked, post } = serve(run(false));
  expect((await (await post({ prompt, stream: true })).text()).match(/"finish_reason":"stop"/g)).toHaveLength(3);
  expect(asked).toHaveLength(3);
});

describe("a completion", () => {
  test("is a text, without the thinking, with its finish reason and the API's usage", async () => {
    const response = await serve(play(START, ...THINKING, ...HELLO, LENGTH)).post({});
    expect(response.status).toBe(200);
    const body: unknown = await response.json();
    expect(body).toEqual({
      id: "cmpl-1",
      object: "text_completion",
      created: expect.any(Number),
      model: "claude-opus-5-5",
      choices: [{ text: "Hello", index: 0, logprobs: null, finish_reason: "length" }],
      usage: USAGE,
    });
  });

  test("of several choices or prompts asks nothing when one of them is refused", async () => {
    const { asked, post } = serve(play(START, ...HELLO, FINISH));
    for (const fields of [{ n: 3 }, { prompt: ["Say", "Tell"] }, { n: 2, stream: true }]) {
      const response = await post({ ...fields, model: "gpt-0" });
      expect([response.status, (await readError(response)).param]).toEqual([404, "model"]);
    }
    for (const prompt of [
      ["Say", " "],
      ["Say", [1, 2]],
    ]) {
      const response = await post({ prompt });
      expect([response.status, (await readError(response)).param]).toEqual([400, "prompt[1]"]);
    }
    expect(asked).toEqual([]);
  });

  test("of several prompts has a choice each, times n, and the usage of all", async () => {
    const { post, asked } = serve((signal, index) =>
      play(
        START,
        { type: "text-start", block: 0 },
        { type: "text-delta", block: 0, text: `${index}` },
        { type: "text-end", block: 0 },
        FINISH,
      )(signal, index),
    );
    const response = await post({ prompt: ["a", "b"], n: 2, echo: true });
    expect(await response.json()).toMatchObject({
      choices: ["a0", "a1", "b2", "b3"].map((text, index) => ({ text, index, finish_reason: "stop" })),
      usage: { prompt_tokens: 24, completion_tokens: 16, total_tokens: 40 },
    });
    expect(asked).toHaveLength(4);
  });

  test("is streamed piece by piece, to the finish reason and [DONE]", async () => {
    const body = await (await serve(play(START, ...THINKING, ...HELLO, FINISH)).post({ stream: true })).text();
    const head = { id: "cmpl-1", object: "text_completion", created: expect.any(Number), model: "claude-opus-5-5" };
    expect(sseChunks(body)).toEqual([
      { ...head, choices: [{ text: "Hello", index: 0, logprobs: null, finish_reason: null }] },
      { ...head, choices: [{ text: "", index: 0, logprobs: null, finish_reason: "stop" }] },
    ]);
    expect(sseData(body).at(-1)).toBe("[DONE]");
  });

  test("is streamed with the prompt first, and with usage last, when the client asks for these", async () => {
    const fields = { stream: true, echo: true, stream_options: { include_usage: true } };
    const chunks = sseChunks(await (await serve(play(START, ...HELLO, FINISH)).post(fields)).text());
    expect(chunks.map(({ choices: [choice] }) => choice?.text)).toEqual(["Say", "Hello", "", undefined]);
    expect(chunks.map(({ usage }) => usage)).toEqual([null, null, null, USAGE]);
  });

  test("of several choices is streamed with the usage and [DONE] once, after the last", async () => {
    const fields = { stream: true, prompt: ["a", "b"], stream_options: { include_usage: true } };
    const body = await (await serve(play(START, ...HELLO, FINISH)).post(fields)).text();
    const chunks = sseChunks(body);
    const ended = chunks.filter(({ choices: [choice] }) => choice?.finish_reason === "stop");
    expect(ended.map(({ choices: [choice] }) => choice.index).sort()).toEqual([0, 1]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 20 } });
    expect(sseData(body).filter((data) => data === "[DONE]")).toHaveLength(1);
  });

  test.each([false, true])("names the fields that had no effect, also in a stream: %p", async (stream) => {
    const response = await serve(play(START, FINISH)).post({ stream, logprobs: 5, seed: 1 });
    expect(response.headers.get("x-claude-max-api-ignored")).toBe("logprobs,seed");
  });
});

describe("what goes wrong with a completion", () => {
  test.each<[object, string]>([
    [{ prompt: undefined }, "prompt"],
    [{ prompt: null }, "prompt"],
    [{ prompt: [] }, "prompt"],
    [{ prompt: [1, 2, 3] }, "prompt[0]"],
    [{ n: 9 }, "n"],
    [{ best_of: 2 }, "best_of"],
    [{ max_tokens: 0.5 }, "max_tokens"],
    [{ suffix: 1 }, "suffix"],
  ])("is a 400 that names the field, and asks no model: %j", async (fields, param) => {
    const { post, asked } = serve(play(START, FINISH));
    const response = await post(fields);
    expect(response.status).toBe(400);
    expect(await readError(response)).toMatchObject({ type: "invalid_request_error", param });
    expect(asked).toEqual([]);
  });

  test.each([false, true])("before it begins has its true status (stream: %p)", async (stream) => {
    const response = await serve(play({ type: "error", error: BUSY })).post({ stream });
    expect(response.status).toBe(529);
    expect(await response.json()).toEqual(BUSY_BODY);
  });

  test("in the middle of a stream is its last event", async () => {
    const response = await serve(play(START, ...HELLO, { type: "error", error: BUSY })).post({ stream: true });
    expect(
      sseData(await response.text())
        .slice(1)
        .map((data) => JSON.parse(data)),
    ).toEqual([BUSY_BODY]);
  });

  test("ends all its turns when the client leaves", async () => {
    const { post, asked } = serve(untilAborted);
    const reader = (await post({ stream: true, echo: true, prompt: ["a", "b"] })).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await until(() => asked.length === 2 && asked.every(({ signal }) => signal.aborted), "both turns are aborted");
  });
});
