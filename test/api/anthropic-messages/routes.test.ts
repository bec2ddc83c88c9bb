import { afterEach, describe, expect, test } from "bun:test";
import { anthropicMessagesRoutes } from "../../../src/api/anthropic-messages/routes.ts";
import type { DialectOptions } from "../../../src/api/dialect-options.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { createServer } from "../../../src/server/create-server.ts";
import { MAX_BODY_BYTES } from "../../../src/server/limits.ts";
import { type Listening, listen } from "../../../src/server/listen.ts";
import { until } from "../../support/wait.ts";
import { BUSY, FINISH, HELLO, play, playing, type Run, START, silentUntilAborted, untilAborted } from "../playing.ts";
import { user } from "./decode-body.ts";

const servers: Listening[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop(0))));

function serve(run: Run, options: Partial<DialectOptions> = {}, apiKeys: string[] = []) {
  const { asked, backend } = playing(run);
  const app = createServer({
    config: { allowedHosts: [], allowedOrigins: [], apiKeys, demo: false },
    backend,
    logger: new Logger("silent"),
    routes: [anthropicMessagesRoutes({ backend, ...options })],
    version: "0.0.0-test",
  });
  const server = listen(app, { host: "127.0.0.1", port: 0 });
  servers.push(server);
  const send = (path: string, init: RequestInit) => fetch(`${server.url}${path}`, init);
  const post = (fields: object, init: RequestInit = {}) =>
    send("/v1/messages", {
      method: "POST",
      headers: { "content-type": "application/json", ...init.headers },
      body: JSON.stringify({ model: "opus", max_tokens: 5, messages: [user("hi")], ...fields }),
      signal: init.signal,
    });
  return { asked, post, send };
}

/** Status and body of an error, after the checks that hold for all of them. */
async function errorOf(asked: Response | Promise<Response>) {
  const response = await asked;
  const body = (await response.json()) as {
    type: string;
    error: { type: string; message: string };
    request_id: string;
  };
  expect(body.type).toBe("error");
  expect(body.request_id).toBe(response.headers.get("request-id") ?? "none");
  return { status: response.status, ...body.error };
}

describe("an answer", () => {
  test("is the collected events, in one message", async () => {
    const { post, asked } = serve(play(START, ...HELLO, FINISH));
    const response = await post({ top_k: 5 });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-claude-max-api-ignored")).toBe("top_k");
    expect(await response.json()).toEqual({
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-opus-5-5",
      content: [{ type: "text", text: "Hello" }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 1, cache_read_input_tokens: 2, cache_creation_input_tokens: 3, output_tokens: 4 },
    });
    expect(asked.map(({ request }) => request)).toMatchObject([{ model: "opus", maxOutputTokens: 5 }]);
  });

  test("is streamed, each event under its name", async () => {
    const response = await serve(play(START, ...HELLO, FINISH)).post({ stream: true });
    expect(response.headers.get("content-type")).toStartWith("text/event-stream");
    const frames = (await response.text()).split("\n\n").filter((frame) => frame !== "");
    const parsed = frames.map((frame) => /^event: (\w+)\ndata: (.*)$/.exec(frame)?.slice(1) ?? []);
    expect(parsed.map(([name]) => name)).toEqual([
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    for (const [name, data = ""] of parsed) expect(JSON.parse(data).type).toBe(name);
  });

  test("that is long in coming is committed to with pings; a failure is then the stream's last event", async () => {
    const arrival = Promise.withResolvers<ChatEvent>();
    const late: Run = async function* () {
      yield await arrival.promise;
    };
    const response = await serve(late, { commitAfterMs: 1, heartbeatMs: 1 }).post({ stream: true });
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    const first = new TextDecoder().decode((await reader?.read())?.value);
    expect(first).toStartWith('event: ping\ndata: {"type":"ping"}\n\n');
    arrival.resolve({ type: "error", error: BUSY });
    let rest = "";
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read())
      rest += new TextDecoder().decode(next.value);
    expect(rest).toEndWith(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"},"request_id":null}\n\n',
    );
  });
});

test("a thread is refused, with the details on which Anthropic's SDK sends the whole conversation instead", async () => {
  const { post, asked } = serve(play(START, ...HELLO, FINISH));
  for (const thread of [{ type: "create" }, { type: "continue", previous_message_id: "msg_1" }]) {
    const response = await post({ thread });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: {
        type: "invalid_request_error",
        message: expect.stringContaining("'thread' is not supported"),
        details: { error_code: "thread_unsupported_request", unsupported: ["thread"] },
      },
    });
  }
  expect(asked).toEqual([]);
  expect((await post({ thread: null })).status).toBe(200);
});

describe("a failure before the answer has its status and Anthropic's envelope:", () => {
  const failing = play({ type: "error", error: BUSY });
  test.each([false, true])("of the model (stream: %p)", async (stream) => {
    expect(await errorOf(serve(failing).post({ stream }))).toEqual({
      status: 529,
      type: "overloaded_error",
      message: "busy",
    });
  });

  test("of the body, with the field", async () => {
    const { post, asked } = serve(failing);
    expect(await errorOf(post({ messages: [user([["x"]])] }))).toEqual({
      status: 400,
      type: "invalid_request_error",
      message: "Invalid type for 'messages[0].content[0]': expected an object, but got an array.",
    });
    expect(await errorOf(post({ tools: [{ name: "f", input_schema: { type: "array" } }] }))).toMatchObject({
      status: 400,
      type: "invalid_request_error",
      message: expect.stringContaining("tools[0].input_schema.type"),
    });
    expect(asked).toEqual([]);
  });

  test("of what no route takes", async () => {
    const { send } = serve(failing);
    const headers = { "anthropic-version": "2023-06-01" };
    expect(await errorOf(send("/v1/messages", { method: "PUT" }))).toMatchObject({ status: 405 });
    expect(await errorOf(send("/v1/messages/batches", { method: "GET" }))).toMatchObject({
      status: 404,
      type: "not_found_error",
    });
    expect(await errorOf(send("/v1/models/nope", { headers }))).toMatchObject({ status: 404, type: "not_found_error" });
    expect(await errorOf(send("/v1/nothing", { headers }))).toMatchObject({ status: 404, type: "not_found_error" });
  });

  test("of the key", async () => {
    const { post } = serve(play(START, ...HELLO, FINISH), {}, ["secret"]);
    expect(await errorOf(post({}))).toMatchObject({ status: 401, type: "authentication_error" });
    const keys: Record<string, string>[] = [{ "x-api-key": "secret" }, { authorization: "Bearer secret" }];
    for (const headers of keys) {
      expect((await post({}, { headers })).status).toBe(200);
    }
  });

  test("of a body that is too large, or none", async () => {
    const { send } = serve(failing);
    const headers = { "content-type": "application/json" };
    const large = send("/v1/messages", { method: "POST", headers, body: " ".repeat(MAX_BODY_BYTES + 1) });
    expect(await errorOf(large)).toMatchObject({ status: 413, type: "request_too_large" });
    expect(await errorOf(send("/v1/messages", { method: "POST", headers, body: "{" }))).toMatchObject({ status: 400 });
  });
});

describe("tokens are counted", () => {
  const countBy = (fields: object, options: Partial<DialectOptions> = {}) => {
    const { send, asked } = serve(play(START, ...HELLO, FINISH), options);
    const response = send("/v1/messages/count_tokens", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "opus", messages: [user("hi")], ...fields }),
    });
    return { response, asked };
  };

  test("of what a message would be asked with, and the answer says how", async () => {
    const messages = [user("hi"), { role: "assistant", content: "Ho" }];
    const tools = [{ name: "f", input_schema: { type: "object" } }];
    const { response, asked } = countBy({ messages, system: "Be brief.", tools, max_tokens: 5, top_k: 3 });
    const { headers, status } = await response;
    expect([status, headers.get("x-claude-max-api-counted"), headers.get("x-claude-max-api-ignored")]).toEqual([
      200,
      "parts",
      "max_tokens,top_k",
    ]);
    expect(await (await response).json()).toEqual({ input_tokens: 42 });
    expect(asked[0]?.request).toEqual({
      model: "opus",
      system: "Be brief.",
      turns: [
        { role: "user", content: [{ type: "text", text: "hi" }] },
        { role: "assistant", content: [{ type: "text", text: "Ho" }] },
      ],
      tools: [{ name: "f", parameters: { type: "object" } }],
    });
  });

  test("unless that would be refused, in the same words", async () => {
    const refused = await errorOf(countBy({ top_k: 3 }, { strict: true }).response);
    expect(refused).toMatchObject({
      status: 400,
      type: "invalid_request_error",
      message: expect.stringContaining("top_k"),
    });
    const { response, asked } = countBy({ messages: [{ role: "user", content: [{ type: "video" }] }] });
    expect(await errorOf(response)).toMatchObject({ status: 400, type: "invalid_request_error" });
    expect(asked).toEqual([]);
    const call = { type: "tool_use", id: "t", name: "f", input: {} };
    const open = countBy({ messages: [user("hi"), { role: "assistant", content: [call] }] });
    expect(await errorOf(open.response)).toMatchObject({
      status: 400,
      message: expect.stringContaining("tool_result"),
    });
  });
});

describe("the backend is told that the client is gone", () => {
  test.each([false, true])("when it leaves before the answer (stream: %p)", async (stream) => {
    const { post, asked } = serve(silentUntilAborted);
    const leaving = new AbortController();
    const response = post({ stream }, { signal: leaving.signal }).catch(() => undefined);
    await until(() => asked.length === 1, "the backend was asked");
    leaving.abort();
    await until(() => asked[0]?.signal.aborted === true, "the backend's signal is aborted");
    await response;
  });

  test("when it leaves in the middle of a stream", async () => {
    const { post, asked } = serve(untilAborted);
    const reader = (await post({ stream: true })).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await until(() => asked[0]?.signal.aborted === true, "the backend's signal is aborted");
  });
});
