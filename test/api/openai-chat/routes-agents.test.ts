import { afterEach, describe, expect, test } from "bun:test";
import { ApiError } from "../../../src/core/error.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import type { FetchImage } from "../../../src/media/fetch-image.ts";
import { WEBP } from "../../support/media.ts";
import { sseChunks, sseData } from "../../support/sse.ts";
import { until } from "../../support/wait.ts";
import { readError } from "../../support/wire.ts";
import {
  BUSY,
  BUSY_BODY,
  FINISH,
  HELLO,
  play,
  type Run,
  START,
  serve,
  silentUntilAborted,
  stopServers,
  untilAborted,
} from "./chat-server.ts";

afterEach(stopServers);

const CALL: ChatEvent[] = [
  { type: "tool-call-start", block: 1, id: "toolu_1", name: "f" },
  { type: "tool-call-delta", block: 1, args: '{"a":' },
  { type: "tool-call-delta", block: 1, args: "1}" },
  { type: "tool-call-end", block: 1 },
];
const CALLED: ChatEvent = { ...FINISH, reason: { unified: "tool-calls", raw: "tool_use" } };
const calling = play(START, ...CALL, CALLED);

describe("an answer that calls", () => {
  const tools = [{ type: "function", function: { name: "f" } }];
  const functions = [{ name: "f" }];
  const called = { name: "f", arguments: '{"a":1}' };

  test.each<[string, object, object, string]>([
    [
      "tools, a list of them",
      { tools },
      { tool_calls: [{ id: "toolu_1", type: "function", function: called }] },
      "tool_calls",
    ],
    ["functions, the one", { functions }, { function_call: called }, "function_call"],
  ])("has, for a request of %s", async (_, fields, calls, finish_reason) => {
    const { post, asked } = serve(calling);
    const answer = (await (await post(fields)).json()) as { choices: object[] };
    expect(answer.choices).toEqual([
      {
        index: 0,
        message: { role: "assistant", content: null, refusal: null, ...calls },
        logprobs: null,
        finish_reason,
      },
    ]);
    expect(asked[0]?.request.tools).toEqual([{ name: "f", parameters: { type: "object", properties: {} } }]);
  });

  test.each<[string, object]>([
    ["tool_calls", { tools }],
    ["function_call", { functions }],
  ])("streams %s", async (key, fields) => {
    const chunks = sseChunks(await (await serve(calling).post({ stream: true, ...fields })).text());
    expect(chunks.map(({ choices: [{ delta }] }) => Object.keys(delta)[0])).toEqual(["role", key, key, key, undefined]);
    expect(chunks.at(-1)?.choices[0].finish_reason).toBe(key);
  });
});

describe("several choices", () => {
  const speaking: Run = (_, index) =>
    play({ ...START, id: `msg_${index}` }, ...(index === 0 ? HELLO : []), FINISH)(NEVER, index);
  const NEVER = new AbortController().signal;
  /** The second turn fails once the first has begun. */
  const failingSecond: Run = (signal, index) =>
    index === 1 ? play({ type: "error", error: BUSY })(signal, index) : untilAborted(signal, index);

  test("are turns of their own, in one answer", async () => {
    const { post, asked } = serve(speaking);
    expect(await (await post({ n: 3 })).json()).toMatchObject({
      id: "chatcmpl-0",
      choices: [
        { index: 0, message: { content: "Hello" }, finish_reason: "stop" },
        { index: 1, message: { content: "" }, finish_reason: "stop" },
        { index: 2, message: { content: "" }, finish_reason: "stop" },
      ],
      usage: { prompt_tokens: 18, completion_tokens: 12, total_tokens: 30 },
    });
    expect(asked).toHaveLength(3);
  });

  test("are one stream, with one usage and one [DONE]", async () => {
    const response = await serve(speaking).post({ n: 2, stream: true, stream_options: { include_usage: true } });
    const body = await response.text();
    const chunks = sseChunks(body);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    const finished = chunks.filter(({ choices: [choice] }) => choice?.finish_reason === "stop");
    expect(finished.map(({ choices: [{ index }] }) => index).sort()).toEqual([0, 1]);
    expect(chunks.map(({ usage }) => usage?.total_tokens ?? 0).filter((total) => total > 0)).toEqual([20]);
    expect(sseData(body).filter((data) => data === "[DONE]")).toHaveLength(1);
  });

  test("fail together: the status is the first failure's, and the other turns are given up", async () => {
    const { post, asked } = serve(failingSecond);
    const response = await post({ n: 3 });
    expect(response.status).toBe(529);
    expect(await response.json()).toEqual(BUSY_BODY);
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, true, true]);
  });

  test("fail together in a stream: before anything was sent with its status, and later as its last event", async () => {
    const early = serve((signal, index) =>
      index === 0 ? play({ type: "error", error: BUSY })(signal, index) : silentUntilAborted(signal, index),
    );
    expect((await early.post({ n: 2, stream: true })).status).toBe(529);
    expect(early.asked[0]?.signal.aborted).toBeTrue();

    const late = serve(failingSecond);
    const response = await late.post({ n: 2, stream: true });
    expect(response.status).toBe(200);
    const data = sseData(await response.text());
    expect(JSON.parse(data.at(-1) ?? "")).toEqual(BUSY_BODY);
    expect(late.asked[0]?.signal.aborted).toBeTrue();
  });
});

describe("a remote image", () => {
  const asking = (...urls: string[]) => ({
    messages: [{ role: "user", content: urls.map((url) => ({ type: "image_url", image_url: { url } })) }],
  });
  const param = "messages[0].content[0].image_url.url";

  test("is fetched before the model is asked, once for each URL", async () => {
    const fetched: string[] = [];
    const fetchImage: FetchImage = async (url) => {
      fetched.push(url);
      return { mediaType: "image/webp", base64: WEBP };
    };
    const { post, asked } = serve(play(START, FINISH), { fetchImage });
    expect((await post(asking("https://a.example/1", "https://a.example/1"))).status).toBe(200);
    expect(fetched).toEqual(["https://a.example/1"]);
    const block = { type: "image", mediaType: "image/webp", data: WEBP, width: 1, height: 1 } as const;
    expect(asked[0]?.request.turns).toEqual([{ role: "user", content: [block, block] }]);
  });

  test("that cannot be fetched is the fetcher's error, and no model is asked", async () => {
    const fetchImage: FetchImage = async (_, context) => {
      throw new ApiError("invalid_request", "It does not exist.", { param: context.param });
    };
    const { post, asked } = serve(play(START, FINISH), { fetchImage });
    const response = await post({ stream: true, ...asking("https://a.example/1") });
    expect(response.status).toBe(400);
    expect(await readError(response)).toMatchObject({ message: "It does not exist.", param });
    expect(asked).toEqual([]);
  });

  test("is not fetched for a request that has another fault", async () => {
    let fetched = false;
    const fetchImage: FetchImage = async () => {
      fetched = true;
      return { mediaType: "image/webp", base64: WEBP };
    };
    const { post } = serve(play(START, FINISH), { fetchImage });
    expect(
      (
        await post({
          ...asking("https://a.example/1"),
          functions: [{ name: "f" }],
          tools: [{ type: "function", function: { name: "g" } }],
        })
      ).status,
    ).toBe(400);
    expect(fetched).toBeFalse();
  });

  test("is refused where the user turned them off", async () => {
    const response = await serve(play(START, FINISH)).post(asking("https://a.example/1"));
    expect(response.status).toBe(400);
    expect(await readError(response)).toMatchObject({ param });
  });

  test("is given up when the client leaves", async () => {
    const client = new AbortController();
    const signals: AbortSignal[] = [];
    const fetchImage: FetchImage = (_, { signal }) => {
      signals.push(signal);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    };
    const { post, asked } = serve(play(START, FINISH), { fetchImage });
    const answering = post(asking("https://a.example/1"), { signal: client.signal }).catch(() => "left");
    await until(() => signals.length === 1, "the image is fetched");
    client.abort();
    await until(() => signals[0]?.aborted === true, "the fetch is given up");
    expect(await answering).toBe("left");
    expect(asked).toEqual([]);
  });
});
