import { afterEach, describe, expect, test } from "bun:test";
import { anthropicMessagesRoutes } from "../../src/api/anthropic-messages/routes.ts";
import { ignoredHeader, reportIgnored } from "../../src/api/fields/ignored-fields.ts";
import { openaiChatRoutes } from "../../src/api/openai-chat/routes.ts";
import { openaiCompletionsRoutes } from "../../src/api/openai-completions/routes.ts";
import { openaiResponsesRoutes } from "../../src/api/openai-responses/routes.ts";
import { MemoryResponseStore } from "../../src/api/openai-responses/store/memory-store.ts";
import { ApiError } from "../../src/core/error.ts";
import type { FetchImage } from "../../src/media/fetch-image.ts";
import { readError } from "../support/wire.ts";
import { FINISH, HELLO, listenWith, play, playing, postOf, START, stopServers } from "./openai-chat/chat-server.ts";

afterEach(stopServers);

function serveStrictly() {
  const { asked, backend } = playing(play(START, ...HELLO, FINISH));
  const fetched: string[] = [];
  const fetchImage: FetchImage = async (url) => {
    fetched.push(url);
    throw new Error("no image is to be fetched");
  };
  const options = { backend, fetchImage, strict: true };
  const { url } = listenWith(
    backend,
    openaiChatRoutes(options),
    openaiCompletionsRoutes(options),
    openaiResponsesRoutes({ ...options, store: new MemoryResponseStore() }),
    anthropicMessagesRoutes(options),
  );
  return { asked, fetched, post: (path: string, fields: object) => fetch(`${url}${path}`, postOf(fields)) };
}

const refusalOf = (ignored: readonly string[]): ApiError => {
  try {
    reportIgnored(ignored, true);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("a strict server refuses what would have no effect", () => {
  const chat = "/v1/chat/completions";
  const completions = { messages: undefined, prompt: "a" };
  const responses = { messages: undefined, input: [{ role: "user", content: "a", name: "x" }] };

  test.each<[string, object, string[]]>([
    [chat, { temperature: 0, seed: 1 }, ["temperature", "seed"]],
    [chat, { stream: true, made_up: 1 }, ["made_up"]],
    [chat, { messages: [{ role: "user", content: "a", name: "Ann" }] }, ["messages.name"]],
    [chat, { ...responses, truncation: "auto" }, ["input.name", "truncation"]],
    ["/v1/completions", { ...completions, logprobs: 1, best: 2 }, ["logprobs", "best"]],
    ["/v1/responses", { ...responses, truncation: "auto", seed: 1 }, ["input.name", "truncation", "seed"]],
    [chat, { "x y": 1 }, ['"x y"']],
  ])("%s with %j: a 400 that names them, and nothing is asked", async (path, fields, names) => {
    const { post, asked } = serveStrictly();
    const response = await post(path, fields);
    expect(response.status).toBe(400);
    const error = await readError(response);
    expect(error).toMatchObject({ type: "invalid_request_error", param: names[0] ?? "" });
    expect(error.message).toContain(`no effect: ${names.join(", ")}.`);
    expect(asked).toEqual([]);
  });

  test("/v1/messages: a 400 in Anthropic's envelope, that names them, and nothing is asked", async () => {
    const { post, asked } = serveStrictly();
    const response = await post("/v1/messages", { max_tokens: 5, top_k: 1, made_up: 1 });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      type: "error",
      error: { type: "invalid_request_error", message: expect.stringContaining("no effect: top_k, made_up.") },
      request_id: expect.any(String),
    });
    expect(asked).toEqual([]);
  });

  const url = "https://example.com/a.png";
  test.each<[string, object]>([
    [chat, { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }] }],
    ["/v1/responses", { input: [{ role: "user", content: [{ type: "input_image", image_url: url }] }] }],
    [
      "/v1/messages",
      { max_tokens: 5, messages: [{ role: "user", content: [{ type: "image", source: { type: "url", url } }] }] },
    ],
  ])("%s: before an image is fetched for it", async (path, fields) => {
    const { post, fetched } = serveStrictly();
    expect((await post(path, { ...fields, made_up: 1 })).status).toBe(400);
    expect(fetched).toEqual([]);
  });

  test.each<[string, object]>([
    [chat, { temperature: 1, n: 1, store: false, seed: null, stop: ["x"] }],
    [chat, { messages: undefined, input: "a" }],
    ["/v1/completions", { ...completions, messages: null, presence_penalty: 0 }],
    ["/v1/responses", { messages: undefined, input: "a", truncation: "disabled", top_p: 1 }],
    ["/v1/messages", { max_tokens: 5, service_tier: "auto", temperature: 1 }],
  ])("%s with %j is answered", async (path, fields) => {
    const response = await serveStrictly().post(path, fields);
    expect(response.status).toBe(200);
    expect(response.headers.has("x-claude-max-api-ignored")).toBeFalse();
  });
});

test("names that do not fit into the header stand there encoded and cut, and are refused quoted and cut", () => {
  expect(ignoredHeader(["a,b", "größe", "\r\nx: y", "", "\ud800"])).toEqual({
    "x-claude-max-api-ignored": "a%2Cb,gr%C3%B6%C3%9Fe,%0D%0Ax%3A%20y,%EF%BF%BD",
  });
  expect(ignoredHeader(["x".repeat(100), "é".repeat(100)])).toEqual({
    "x-claude-max-api-ignored": `${"x".repeat(64)},${"%C3%A9".repeat(10)}`,
  });
  expect(refusalOf(["a,b"])).toMatchObject({ code: "invalid_request", param: '"a,b"' });
  expect(refusalOf(["é".repeat(100)]).param).toHaveLength(66);
});

test("of many names thirty are told, and how many more there are", () => {
  const { message } = refusalOf(Array.from({ length: 33 }, (_, index) => `f${index}`));
  expect(message).toContain("f29 and 3 more.");
});

test("a server that is not strict names them in the header", () => {
  expect(reportIgnored(["seed", "a.b"], false)).toEqual({ "x-claude-max-api-ignored": "seed,a.b" });
});

test("a strict server takes a choice among allowed functions, which has an effect", async () => {
  const { post, asked } = serveStrictly();
  const tools = ["f", "g"].map((name) => ({ type: "function", name, parameters: { type: "object", properties: {} } }));
  const tool_choice = { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "g" }] };
  expect((await post("/v1/responses", { messages: null, input: "a", tools, tool_choice })).status).toBe(200);
  expect(asked[0]?.request.tools.map(({ name }) => name)).toEqual(["g"]);
});
