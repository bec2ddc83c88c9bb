import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { Elysia } from "elysia";
import { UpgradeResponse } from "../../src/api/answer/socket.ts";

import { errorOf, head, post, sendRaw, startServer } from "./harness.ts";

const left: string[] = [];
const dialects = new Elysia()
  .post("/v1/chat/completions", ({ body, path, query }) => ({ path, body, query }))
  .post("/v1/messages", ({ path }) => ({ path }))
  .get(
    "/v1/responses",
    () =>
      new UpgradeResponse((socket) => ({
        receive: () => void socket.send("heard"),
        stop: () => {},
        closed: () => {},
      })),
  )
  .post("/v1/responses", async ({ request, path }) => {
    if (request.headers.has("x-wait")) {
      await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
      left.push("left");
    }
    return { path };
  })
  .get("/v1/responses/:id", ({ params }) => params);
const server = startServer({ routes: [dialects] });
const { port, url, log, spent } = server;
afterAll(() => server.stop(0));
afterEach(() => spent.splice(0));

const ask = (method: string, path: string, body = "{}") =>
  sendRaw(port, post(port, body).replace("POST /v1/spend", `${method} ${path}`));

describe("a path that is written otherwise is served as the one that is meant", () => {
  test.each([
    "/v1/chat/completions/",
    "/v1//chat/completions",
    "//v1//chat///completions//",
    "/chat/completions",
    "/v1/v1/chat/completions",
    "/v1/v1/v1/chat/completions",
    "/api/v1/chat/completions",
    "/openai/v1/chat/completions",
    "/openai/chat/completions",
    "/api/openai/v1/chat/completions",
    "/claude/v1/chat/completions",
    "/some/proxy/v1/chat/completions",
    "/v1/chat/completions/chat/completions",
    "/v1/chat/completions/v1/chat/completions",
    "/v1%20/chat/completions",
    "/v1/chat/completions%20",
  ])("POST %s", async (path) => {
    const response = await ask("POST", path, '{"a":"b"}');
    expect({ status: response.status, body: JSON.parse(response.body) }).toMatchObject({
      status: 200,
      body: { body: { a: "b" } },
    });
    expect(log.at(-1)?.replaceAll('"', "")).toContain(`path=${path} `);
  });

  test.each([
    ["/messages", "/v1/messages"],
    ["/anthropic/v1/messages", "/v1/messages"],
    ["/anthropic/messages", "/v1/messages"],
    ["/v1/messages/v1/messages", "/v1/messages"],
    ["/api/anthropic/v1/messages/", "/v1/messages"],
    ["/responses", "/v1/responses"],
    ["/v1/v1/responses/", "/v1/responses"],
    ["/openai/responses", "/v1/responses"],
    ["/v1/responses/responses", "/v1/responses"],
  ])("POST %s as %s", async (path, meant) => {
    expect(JSON.parse((await ask("POST", path)).body)).toMatchObject({ path: meant });
  });

  test.each([
    ["/models", '"object":"list"'],
    ["/v1/models/", '"object":"list"'],
    ["/v1/v1/models", '"object":"list"'],
    ["/v1/chat/completions/models", '"object":"list"'],
    ["/models/claude-opus-4", '"id":"claude-opus-4"'],
    ["/v1/v1/models/anthropic%2Fclaude-opus-4/", '"id":"claude-opus-4"'],
    ["/v1/models/anthropic/claude-opus-4", '"id":"claude-opus-4"'],
    ["/responses/resp_1", '"id":"resp_1"'],
    ["/health/", '"name":"claude-max-api"'],
    ["/v1/health", '"name":"claude-max-api"'],
    ["/api/openai/v1/models", '"object":"list"'],
    ["/api/hello", '"name":"claude-max-api"'],
    ["/healthz", '"name":"claude-max-api"'],
    ["/v1/ping", '"name":"claude-max-api"'],
    ["/v1", '"name":"claude-max-api"'],
    ["/v1/", '"name":"claude-max-api"'],
  ])("GET %s, and HEAD and OPTIONS", async (path, text) => {
    const get = await fetch(url + path);
    expect(get.status).toBe(200);
    expect(await get.text()).toContain(text);
    const headOnly = await fetch(url + path, { method: "HEAD" });
    expect(headOnly.status).toBe(200);
    expect(headOnly.headers.get("content-type")).toBe(get.headers.get("content-type"));
    const options = await fetch(url + path, { method: "OPTIONS" });
    expect(options.status).toBe(204);
    expect(options.headers.get("allow")).toContain("GET, HEAD");
  });

  test("the query goes along", async () => {
    const body = JSON.parse((await ask("POST", "/chat/completions?api-version=2026-01-01&a=b%20c")).body);
    expect(body.query).toEqual({ "api-version": "2026-01-01", a: "b c" });
  });

  test.each(["/responses", "//v1/responses/", "/v1/v1/responses"])("a WebSocket at %s", async (path) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}${path}`);
    socket.onopen = () => socket.send("{}");
    expect(await new Promise((resolve) => (socket.onmessage = ({ data }) => resolve(data)))).toBe("heard");
    socket.close();
  });

  test("a client that leaves is noticed", async () => {
    const controller = new AbortController();
    const asked = fetch(`${url}/v1/v1/responses`, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json", "x-wait": "1" },
      signal: controller.signal,
    }).catch(() => "gone");
    await Bun.sleep(30);
    controller.abort();
    expect(await asked).toBe("gone");
    while (left.length === 0) await Bun.sleep(5);
  });
});

test.each([
  "/api/v1/models",
  "/api/v1/models/",
  "/api/v1/models/a",
  "/api/models",
  "/api/tags",
  "/api/v0/models",
  "/version",
])("%s, by which clients know other servers, is not answered in their place", async (path) => {
  for (const method of ["GET", "HEAD"]) expect((await fetch(url + path, { method })).status).toBe(404);
});

describe("Azure's paths", () => {
  const chat = async (body: object) => {
    const path = "/openai/deployments/claude-opus-4/chat/completions?api-version=2024-10-21";
    return JSON.parse((await ask("POST", path, JSON.stringify(body))).body).body;
  };
  test("name the model where the body names none", async () => {
    expect(await chat({ messages: [] })).toEqual({ messages: [], model: "claude-opus-4" });
    expect(await chat({ model: null })).toEqual({ model: "claude-opus-4" });
    expect(await chat({ model: "claude-haiku-4" })).toEqual({ model: "claude-haiku-4" });
  });
  test("that are not offered say so", async () => {
    expect(errorOf(await ask("POST", "/openai/deployments/e/embeddings")).code).toBe("endpoint_not_offered");
  });
});

describe("what means nothing here stays unknown, in the words that were asked", () => {
  test.each(["/v1/nothing", "/nowhere", "/foo/chat/completions", "/chat", "/v2/chat/completions/x"])(
    "%s",
    async (path) => {
      const response = await ask("POST", path);
      expect(response.status).toBe(404);
      expect(errorOf(response)).toMatchObject({
        code: "unknown_url",
        message: expect.stringContaining(`POST ${path}.`),
      });
    },
  );

  test("a path of thousands of segments is told at once", async () => {
    const response = await ask("POST", `/${"v1/".repeat(3000)}models`);
    expect(response.status).toBe(404);
  });

  test("a method that the meant path does not have is a 405 that names those it has", async () => {
    const response = await sendRaw(port, head("PATCH /chat/completions HTTP/1.1", "Host: localhost"));
    expect(response.status).toBe(404);
    const spend = await sendRaw(port, head("PUT /v1//spend HTTP/1.1", "Host: localhost"));
    expect(spend.status).toBe(405);
    expect(spend.headers.get("allow")).toBe("POST, OPTIONS");
  });

  test("errors of Anthropic's paths are in its envelope however the path is written", async () => {
    expect(JSON.parse((await ask("POST", "/messages", "{")).body)).toMatchObject({ type: "error" });
    expect(errorOf(await ask("POST", "/responses", "{")).code).toBe(null);
  });

  test("the checks hold for every way of writing a path", async () => {
    const keyed = startServer({ config: { apiKeys: ["right-key"] }, routes: [] });
    const status = async (path: string) => (await fetch(keyed.url + path)).status;
    expect([await status("/health"), await status("//health/"), await status("/v1/health")]).toEqual([200, 200, 200]);
    expect([await status("/models"), await status("//v1/models"), await status("/health/x")]).toEqual([401, 401, 401]);
    await keyed.stop(0);
  });
});

test.each(["%E0%A4%A", "%ff", "a%2", "%"])(
  "an id that cannot be decoded is one like others, taken to the letter: %s",
  async (id) => {
    const response = await fetch(`${url}/v1/responses/${id}`);
    expect(await response.json()).toEqual({ id });
    expect(response.status).toBe(200);
  },
);
