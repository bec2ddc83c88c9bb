import { afterAll, expect, test } from "bun:test";
import { FINISH, HELLO, play, START, serve, stopServers } from "../chat-server.ts";

// The ways in which programs ask a chat for a search. Through the real CLI: test/e2e/web-search.test.ts.

const { asked, post } = serve(play(START, ...HELLO, FINISH));
afterAll(stopServers);

const SEARCH = { type: "web_search_20250305", name: "web_search", max_uses: 5 };
const PLACE = { city: "Rome", country: "IT", timezone: "Europe/Rome" };
const own = { type: "function", function: { name: "web_search", parameters: { type: "object", properties: {} } } };

test.each<[string, object, object | undefined, string | null]>([
  ["its options", { web_search_options: {} }, SEARCH, null],
  ["a tool", { tools: [{ type: "web_search" }] }, SEARCH, null],
  ["a tool of a date", { tools: [{ type: "web_search_preview_2025_03_11" }] }, SEARCH, null],
  ["OpenRouter's tool", { tools: [{ type: "openrouter:web_search" }] }, SEARCH, null],
  ["a plugin", { plugins: [{ id: "web" }] }, SEARCH, null],
  ["the model's name", { model: "anthropic/opus:online" }, SEARCH, null],
  [
    "options with a size and a place",
    { web_search_options: { search_context_size: "low", user_location: { type: "approximate", approximate: PLACE } } },
    { ...SEARCH, max_uses: 1, user_location: { type: "approximate", ...PLACE } },
    null,
  ],
  [
    "a plugin with settings",
    { plugins: [{ id: "web", max_results: 3, exclude_domains: ["*.spam.example"] }] },
    { ...SEARCH, blocked_domains: ["spam.example"] },
    "plugins.max_results",
  ],
  [
    "a tool, but not beside a function of its name",
    { tools: [own, { type: "web_search" }] },
    undefined,
    "tools.web_search",
  ],
  [
    "a tool, but not from a cache, which there is not",
    { tools: [{ type: "web_search", external_web_access: false }] },
    undefined,
    "tools.web_search",
  ],
])("a chat offers Anthropic's search where it is asked for by %s", async (_, fields, definition, ignored) => {
  const response = await post(fields);
  expect([response.status, response.headers.get("x-claude-max-api-ignored")]).toEqual([200, ignored]);
  const { serverTools = [] } = asked.at(-1)?.request ?? expect.unreachable();
  expect(serverTools.map((tool) => tool.definition)).toEqual(definition === undefined ? [] : [definition as never]);
});
