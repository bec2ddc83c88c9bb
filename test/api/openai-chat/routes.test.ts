import { afterEach, describe, expect, test } from "bun:test";
import { Elysia } from "elysia";
import { openaiChatRoutes } from "../../../src/api/openai-chat/routes.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import { sseChunks, sseData } from "../../support/sse.ts";
import { until } from "../../support/wait.ts";
import { readError } from "../../support/wire.ts";
import {
  BUSY,
  BUSY_BODY,
  FINISH,
  HELLO,
  play,
  playing,
  postOf,
  type Run,
  START,
  serve,
  silentUntilAborted,
  stopServers,
  untilAborted,
} from "./chat-server.ts";

afterEach(stopServers);

/** Resolves when the signal that the backend was given is aborted. */
const aborted = (asked: readonly { signal: AbortSignal }[]) =>
  until(() => asked[0]?.signal.aborted === true, "the backend's signal is aborted");

describe("an answer", () => {
  test("is the collected events, in one object", async () => {
    const { post, asked } = serve(play(START, ...HELLO, FINISH));
    const response = await post({ max_tokens: 5 });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toStartWith("application/json");
    expect(await response.json()).toMatchObject({
      id: "chatcmpl-1",
      object: "chat.completion",
      choices: [{ message: { content: "Hello" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 6, completion_tokens: 4, total_tokens: 10 },
    });
    expect(asked.map(({ request }) => request)).toMatchObject([{ model: "opus", maxOutputTokens: 5 }]);
  });

  test("is dated in whole seconds, of now", async () => {
    const before = Math.floor(Date.now() / 1000);
    const { created } = (await (await serve(play(START, FINISH)).post({})).json()) as { created: number };
    expect(Number.isInteger(created)).toBeTrue();
    expect(created).toBeGreaterThanOrEqual(before);
    expect(created).toBeLessThanOrEqual(Math.floor(Date.now() / 1000));
  });

  test("is streamed when the client asks for it", async () => {
    const response = await serve(play(START, ...HELLO, FINISH)).post({ stream: true });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toStartWith("text/event-stream");
    const body = await response.text();
    expect(sseChunks(body).map(({ choices: [choice] }) => [choice.delta, choice.finish_reason])).toEqual([
      [{ role: "assistant", content: "", refusal: null }, null],
      [{ content: "Hello" }, null],
      [{}, "stop"],
    ]);
    expect(sseData(body).at(-1)).toBe("[DONE]");
  });

  test("is streamed with its usage, when the client asks for that too", async () => {
    const response = await serve(play(START, FINISH)).post({ stream: true, stream_options: { include_usage: true } });
    const chunks = sseChunks(await response.text());
    expect(chunks.map(({ usage }) => usage?.total_tokens ?? null)).toEqual([null, null, 10]);
  });

  test.each([false, true])("names the fields that had no effect, also in a stream: %p", async (stream) => {
    const { post } = serve(play(START, FINISH));
    expect((await post({ stream, seed: 1, top_k: 2 })).headers.get("x-claude-max-api-ignored")).toBe("seed,top_k");
    expect((await post({ stream })).headers.has("x-claude-max-api-ignored")).toBeFalse();
  });
});

describe("a body that is refused", () => {
  test.each<[string, object, string]>([
    ["by the schema", { messages: [] }, "messages"],
    ["by the decoder", { messages: [{ role: "user", content: " " }] }, "messages[0].content"],
  ])("%s is a 400 that names the field, also for a stream, and asks no model", async (_, fields, param) => {
    const { post, asked } = serve(play(START, FINISH));
    for (const stream of [false, true]) {
      const response = await post({ ...fields, stream });
      expect(response.status).toBe(400);
      expect(await readError(response)).toMatchObject({ type: "invalid_request_error", param });
    }
    expect(asked).toEqual([]);
  });
});

describe("a failure", () => {
  test.each([false, true])("before the answer has its true status (stream: %p)", async (stream) => {
    const response = await serve(play({ type: "error", error: BUSY })).post({ stream });
    expect(response.status).toBe(529);
    expect(response.headers.get("content-type")).toStartWith("application/json");
    expect(await response.json()).toEqual(BUSY_BODY);
  });

  test("in the middle of an answer that is not streamed has its status too: half an answer is none", async () => {
    const response = await serve(play(START, ...HELLO, { type: "error", error: BUSY })).post({});
    expect(response.status).toBe(529);
    expect(await response.json()).toEqual(BUSY_BODY);
  });

  test("in the middle of a stream is its last event, without finish reason or [DONE]", async () => {
    const response = await serve(play(START, ...HELLO, { type: "error", error: BUSY })).post({ stream: true });
    expect(response.status).toBe(200);
    const data = sseData(await response.text());
    expect(data).toHaveLength(3);
    expect(JSON.parse(data.at(-1) ?? "")).toEqual(BUSY_BODY);
  });
});

test("an answer that is long in coming is committed to with comments; a failure is then the stream's only event", async () => {
  const arrival = Promise.withResolvers<ChatEvent>();
  const late: Run = async function* () {
    yield await arrival.promise;
  };
  const response = await serve(late, { commitAfterMs: 1, heartbeatMs: 1 }).post({ stream: true });
  expect(response.status).toBe(200);
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  // How many of them one read brings depends on how busy the machine is.
  let body = decoder.decode((await reader?.read())?.value);
  expect(body).toStartWith(": keep-alive\n\n");
  arrival.resolve({ type: "error", error: BUSY });
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read())
    body += decoder.decode(next.value);
  expect(body.replaceAll(": keep-alive\n\n", "")).toBe(`data: ${JSON.stringify(BUSY_BODY)}\n\n`);
});

describe("the backend is told that the client is gone", () => {
  test.each([false, true])("when it leaves before the answer (stream: %p)", async (stream) => {
    const client = new AbortController();
    const { post, asked } = serve(silentUntilAborted);
    const answering = post({ stream }, { signal: client.signal }).catch(() => "left");
    await until(() => asked.length === 1, "the backend is asked");
    expect(asked[0]?.signal.aborted).toBeFalse();
    client.abort();
    await aborted(asked);
    expect(await answering).toBe("left");
  });

  test("when it leaves in the middle of a stream", async () => {
    const { post, asked } = serve(untilAborted);
    const reader = (await post({ stream: true })).body?.getReader();
    await reader?.read();
    expect(asked[0]?.signal.aborted).toBeFalse();
    await reader?.cancel();
    await aborted(asked);
  });

  test("when it leaves in the middle of an answer that is not streamed", async () => {
    const client = new AbortController();
    const { post, asked } = serve(untilAborted);
    const answering = post({}, { signal: client.signal }).catch(() => "left");
    await until(() => asked.length === 1, "the backend is asked");
    client.abort();
    await aborted(asked);
    expect(await answering).toBe("left");
  });

  test.each([false, true])("when it was gone before the backend was asked (stream: %p)", async (stream) => {
    const { asked, backend } = playing(play(START, FINISH));
    // The routes alone: the server's own reading of the body usually notices such a client first.
    const routes = new Elysia().use(openaiChatRoutes({ backend }));
    const request = new Request("http://localhost/v1/chat/completions", {
      ...postOf({ stream }),
      signal: AbortSignal.abort(),
    });
    await routes.handle(request);
    expect(asked.filter(({ signal }) => !signal.aborted)).toEqual([]);
  });

  test.each([false, true])("not when the answer was read to its end (stream: %p)", async (stream) => {
    const { post, asked } = serve(play(START, ...HELLO, FINISH));
    await (await post({ stream })).text();
    expect(asked[0]?.signal.aborted).toBeFalse();
  });
});
