import { afterAll, expect, test } from "bun:test";
import { anthropicMessagesRoutes } from "../../src/api/anthropic-messages/routes.ts";
import { openaiChatRoutes } from "../../src/api/openai-chat/routes.ts";
import { openaiResponsesRoutes } from "../../src/api/openai-responses/routes.ts";
import { MemoryResponseStore } from "../../src/api/openai-responses/store/memory-store.ts";
import { FINISH, HELLO, listenWith, play, playing, START, stopServers } from "./openai-chat/chat-server.ts";

// What --no-web-search leaves out.

const { asked, backend } = playing(play(START, ...HELLO, FINISH));
const options = { backend, webSearch: false };
const server = listenWith(
  backend,
  openaiChatRoutes(options),
  openaiResponsesRoutes({ ...options, store: new MemoryResponseStore() }),
  anthropicMessagesRoutes(options),
);
afterAll(stopServers);

const messages = [{ role: "user", content: "hi" }];
const CHAT = { path: "/v1/chat/completions", messages };
const RESPONSE = { path: "/v1/responses", input: "hi" };
const MESSAGE = { path: "/v1/messages", max_tokens: 9, messages };
const search = { type: "web_search" };
const anthropics = { type: "web_search_20250305", name: "web_search" };
const code = { type: "code_execution_20250825", name: "code_execution" };

test.each<[{ path: string } & Record<string, unknown>, string[], unknown]>([
  [{ ...CHAT, web_search_options: {} }, ["web_search_options"], undefined],
  [{ ...CHAT, tools: [search], tool_choice: "required" }, ["tools.web_search", "tool_choice"], undefined],
  [{ ...CHAT, tools: [search], tool_choice: search }, ["tools.web_search", "tool_choice"], undefined],
  [{ ...CHAT, model: "opus:online" }, ["tools.web_search"], undefined],
  [{ ...RESPONSE, tools: [search], tool_choice: search }, ["tools.web_search", "tool_choice"], undefined],
  [{ ...RESPONSE, tools: [anthropics] }, ["tools.web_search_20250305"], undefined],
  [
    { ...MESSAGE, tools: [anthropics, code], tool_choice: { type: "tool", name: "web_search" } },
    ["tools.web_search_20250305", "tool_choice"],
    [{ definition: code, at: 0 }],
  ],
])("%j is asked without a search, which is named", async ({ path, ...body }, names, serverTools) => {
  const headers = { "content-type": "application/json" };
  const request = { method: "POST", headers, body: JSON.stringify({ model: "opus", ...body }) };
  const response = await fetch(`${server.url}${path}`, request);
  expect([response.status, response.headers.get("x-claude-max-api-ignored")?.split(",")]).toEqual([200, names]);
  const { request: told } = asked.at(-1) ?? expect.unreachable();
  expect<unknown>([told.model, told.toolChoice, told.serverTools]).toEqual(["opus", { type: "auto" }, serverTools]);
  expect(await response.json()).toMatchObject(path === "/v1/responses" ? { tools: [] } : {});
});
