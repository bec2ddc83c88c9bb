import { expect, test } from "bun:test";
import { cited, webSearchAnswer } from "../../../src/simulator/answer/web-search.ts";
import { blocks, native, text } from "../../../src/simulator/reply.ts";
import { message, post, streamedEvents } from "../api-client.ts";
import { testAccepted, testRefused, turns, withBetas } from "../judge/verdict.ts";
import { simulatorPerTest } from "../simulator-fixture.ts";

const start = simulatorPerTest();
const SEARCH = { type: "web_search_20250305", name: "web_search" };
const PAGE = { url: "https://example.com/", title: "Example", said: "It is sunny." };
const CALL = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "x" } };
const RESULT = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
const tool = (type: string, name: string, changes: object = {}) => ({ tools: [{ type, name, ...changes }] });
const SCREEN = { display_width_px: 100, display_height_px: 100 };

testAccepted([
  [
    "a web search with its settings",
    tool("web_search_20250305", "web_search", { max_uses: 2, allowed_domains: ["a.com"] }),
  ],
  ["a web fetch", tool("web_fetch_20260318", "web_fetch", { use_cache: false })],
  ["code execution", tool("code_execution_20260120", "code_execution")],
  ["a shell", tool("bash_20250124", "bash")],
  ["an editor", tool("text_editor_20250728", "str_replace_based_edit_tool", { max_characters: 100 })],
  ["a memory", tool("memory_20250818", "memory")],
  ["a search for tools", tool("tool_search_tool_bm25_20251119", "tool_search_tool_bm25")],
  [
    "a computer, with its beta value",
    tool("computer_20250124", "computer", SCREEN),
    withBetas("computer-use-2025-01-24"),
  ],
  [
    "an advisor, with its beta value",
    tool("advisor_20260301", "advisor", { model: "claude-opus-5-5" }),
    withBetas("advisor-tool-2026-03-01"),
  ],
  ["a call of the API's own, with its result", turns("Hello", [CALL, RESULT, { type: "text", text: "So." }], "And?")],
  ["a turn that was broken off, to be gone on with", { model: "claude-opus-5-5", ...turns("Hello", [CALL]) }],
  [
    "calls of an MCP server",
    turns("Hello", [{ ...CALL, type: "mcp_tool_use", id: "mcptoolu_1", server_name: "s" }], "And?"),
  ],
  ["what stands for a compacted conversation", turns("Hello", [{ type: "compaction", content: "They met." }], "And?")],
]);

testRefused([
  [
    "a tool that nobody knows",
    tool("function", "f"),
    "tools.0: Input tag 'function' found using 'type' does not match any of the expected tags: 'bash_20250124', " +
      "'browser_toolset_20260801', 'code_execution_20250522', 'code_execution_20250825', 'code_execution_20260120', " +
      "'code_execution_20260521', 'computer_toolset_20260801', 'custom', 'memory_20250818', 'text_editor_20250124', " +
      "'text_editor_20250429', 'text_editor_20250728', 'tool_search_tool_bm25', 'tool_search_tool_bm25_20251119', " +
      "'tool_search_tool_regex', 'tool_search_tool_regex_20251119', 'web_fetch_20250910', 'web_fetch_20260209', " +
      "'web_fetch_20260309', 'web_fetch_20260318', 'web_search_20250305', 'web_search_20260209', 'web_search_20260318'",
  ],
  [
    "a tool of the API's by another name",
    tool("bash_20250124", "shell"),
    "tools.0.bash_20250124.name: Input should be 'bash'",
  ],
  [
    "a setting that a tool of the API's does not have",
    tool("web_search_20250305", "web_search", { depth: 2 }),
    "tools.0.web_search_20250305.depth: Extra inputs are not permitted",
  ],
  [
    "a field that a client's tool does not have",
    { tools: [{ name: "f", input_schema: { type: "object" }, parameters: {} }] },
    "tools.0.custom.parameters: Extra inputs are not permitted",
  ],
  [
    "a call of the API's own without a result",
    turns("Hello", [CALL], "And?"),
    "messages.1: `web_search` tool use with id `srvtoolu_1` was found without a corresponding `web_search_tool_result` block",
  ],
  [
    "the older computer of a model that has only the toolset",
    { model: "claude-opus-5-5", ...tool("computer_20251124", "computer", SCREEN) },
    "'claude-opus-5-5' does not support tool types: computer_20251124.",
    withBetas("computer-use-2025-11-24"),
  ],
]);

test("a web search is told with what was asked, what was found, and texts that cite it, and is counted", async () => {
  const simulator = start();
  simulator.enqueue(webSearchAnswer("weather", [PAGE]));
  const { content, usage } = await message(simulator, { tools: [SEARCH] });
  expect(content.map(({ type }) => type)).toEqual(["server_tool_use", "web_search_tool_result", "text", "text"]);
  expect(content[1]).toMatchObject({ content: [{ type: "web_search_result", url: PAGE.url, page_age: null }] });
  expect(content[3]).toMatchObject({ text: PAGE.said, citations: [{ url: PAGE.url, cited_text: PAGE.said }] });
  expect(usage.server_tool_use as unknown).toEqual({ web_search_requests: 1, web_fetch_requests: 0 });
});

test("a simulated search can be sent back as it was told", async () => {
  const simulator = start();
  simulator.enqueue(webSearchAnswer("weather", [PAGE]));
  const { content } = await message(simulator, { tools: [SEARCH] });
  const messages = [
    { role: "user", content: "Weather?" },
    { role: "assistant", content },
    { role: "user", content: "And now?" },
  ];
  expect((await post(simulator, { messages, tools: [SEARCH] })).status).toBe(200);
});

test("the demo searches when a web search is offered, and says that nothing was searched", async () => {
  const { content, usage } = await message(start(), { tools: [SEARCH] });
  expect(content[0]).toMatchObject({ type: "server_tool_use", name: "web_search", input: { query: "Hello" } });
  expect(JSON.stringify(content[1])).toContain("Simulated search result");
  expect(content.at(-1)).toMatchObject({ citations: [{ title: "Simulated search result" }] });
  expect(content.at(-1)?.text).toContain("nothing was searched");
  expect(usage.server_tool_use as unknown).toMatchObject({ web_search_requests: 1 });
  const none = await message(start(), { tools: [SEARCH], tool_choice: { type: "none" } });
  expect(none.content.map(({ type }) => type)).toEqual(["text"]);
});

test("the demo never calls a tool that the API runs itself", async () => {
  const own = { name: "look", input_schema: { type: "object" } };
  const { content } = await message(start(), { tools: [SEARCH, own], tool_choice: { type: "any" } });
  expect(content).toMatchObject([{ type: "tool_use", name: "look" }]);
});

test("a container is named in the answer where code is run, the one that the request names", async () => {
  const simulator = start();
  const tools = [{ type: "code_execution_20260120", name: "code_execution" }];
  simulator.enqueue(text("Done."), blocks([native(CALL), cited("So.", [PAGE])]));
  expect(await message(simulator, { tools, container: "container_1" })).toMatchObject({
    container: { id: "container_1" },
  });
  const events = await streamedEvents(simulator, { tools });
  expect(events.find(({ type }) => type === "message_delta")?.delta).toMatchObject({
    container: { id: expect.stringMatching(/^container_sim_/) },
  });
});
