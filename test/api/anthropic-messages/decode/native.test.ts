import { describe, expect, test } from "bun:test";
import { decodeTools } from "../../../../src/api/anthropic-messages/decode/tools.ts";
import { atOnce } from "../../../../src/core/pace.ts";
import { PDF } from "../../../support/media.ts";
import { assistant, decode, text, toolResult, toolUse, user } from "../decode-body.ts";

// What the API alone understands is asked of it as the client wrote it, and nothing of it is named.

const mark = { cache_control: { type: "ephemeral", ttl: "1h" } };
const source = { type: "base64", media_type: "application/pdf", data: PDF };

describe("a block travels as it is:", () => {
  test.each<[string, object]>([
    ["of a type that nobody knows", { type: "made_up", text: "a", input: { cache_control: 1 } }],
    ["that names a file of Anthropic's store", { type: "image", source: { type: "file", file_id: "file_1" } }],
    ["that gives a container a file", { type: "container_upload", file_id: "file_1" }],
    ["an image by its URL", { type: "image", source: { type: "url", url: "https://example.com/a.png" } }],
    ["a document of several parts", { type: "document", source: { type: "content", content: [text("a"), text("b")] } }],
    ["a document that is to be cited", { type: "document", source, title: "t", citations: { enabled: true } }],
    ["a document with a context", { type: "document", source, context: "From the archive." }],
    ["a source of a newer kind", { type: "document", source: { type: "drive", id: "1" } }],
  ])("%s", (_, block) => {
    const native = { type: "native", block };
    const { request, ignored } = decode({ messages: [user([block, text("a")])] });
    expect<unknown>(request.turns).toEqual([{ role: "user", content: [native, text("a")] }]);
    expect(ignored).toEqual([]);
    expect(decode({ messages: [user([block])] }, true).request.turns).toHaveLength(1);
  });

  test("without marks for the cache, its own and those of its parts", () => {
    const found = { type: "search_result", source: "s", title: "t", content: [{ ...text("a"), ...mark }], ...mark };
    const { request } = decode({ messages: [user([found])] });
    const bare = { type: "search_result", source: "s", title: "t", content: [text("a")] };
    expect<unknown>(request.turns[0]?.content).toEqual([{ type: "native", block: bare }]);
  });

  test("of the assistant's, of a type that nobody knows", () => {
    const block = { type: "new_tool_use", id: "n_1", name: "n", input: {} };
    const { request } = decode({ messages: [user("a"), assistant(block), user("b")] });
    expect<unknown>(request.turns[1]?.content).toEqual([{ type: "native", block }]);
  });
});

test("what is said of texts, calls and results travels with them", () => {
  const citations = [
    { type: "web_search_result_location", cited_text: "a", url: "u", title: "t", encrypted_index: "e" },
  ];
  const caller = { type: "code_execution_20260120", tool_id: "srvtoolu_1" };
  const { request, ignored } = decode({
    messages: [
      user("a"),
      assistant({ ...text("b"), citations }, { ...toolUse("1"), caller, toolset_name: "browser" }),
      user([toolResult("1", "c", { toolset_name: "browser" })]),
    ],
  });
  expect<unknown>(request.turns.slice(1)).toEqual([
    {
      role: "assistant",
      content: [
        { ...text("b"), citations },
        { type: "tool-call", id: "1", name: "f", args: "{}", native: { caller, toolset_name: "browser" } },
      ],
    },
    {
      role: "user",
      content: [{ type: "tool-result", callId: "1", content: [text("c")], native: { toolset_name: "browser" } }],
    },
  ]);
  expect(ignored).toEqual([]);
});

test("that the model itself calls is not said", () => {
  const call = { ...toolUse("1"), caller: { type: "direct" } };
  const { request } = decode({ messages: [user("a"), assistant(call), user([toolResult("1", "c")])] });
  expect<unknown>(request.turns[1]?.content).toEqual([{ type: "tool-call", id: "1", name: "f", args: "{}" }]);
});

describe("what the CLI takes out is named:", () => {
  const call = (type: string, id: string, name = "n") => ({ type, id, name, input: {} });
  const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
  const block = "messages.content";
  test.each<[string, object[], string[]]>([
    ["nothing of a search that found something", [call("server_tool_use", "srvtoolu_1"), found], []],
    ["a search without a result", [call("server_tool_use", "srvtoolu_2"), found], [`${block}.server_tool_use`]],
    ["a call of an MCP server's without one", [call("mcp_tool_use", "m")], [`${block}.mcp_tool_use`]],
    [
      "another model's advice",
      [call("server_tool_use", "srvtoolu_1", "advisor"), { ...found, type: "advisor_tool_result" }],
      [`${block}.server_tool_use`, `${block}.advisor_tool_result`],
    ],
    [
      "what rests on a document",
      [{ ...text("b"), citations: [{ type: "char_location", document_index: 0 }] }],
      [`${block}.citations`],
    ],
  ])("%s", (_, blocks, named) => {
    expect(decode({ messages: [user("a"), assistant(...blocks), user("c")] }).ignored).toEqual(named);
  });
});

const own = (name: string, fields: object = {}) => ({ name, input_schema: { type: "object" }, ...fields });

describe("tools", () => {
  test("of the client's keep all their fields", () => {
    const fields = {
      strict: true,
      input_examples: [{ a: 1 }],
      eager_input_streaming: true,
      defer_loading: true,
      made_up: 1,
    };
    const { request, ignored } = decode({ tools: [own("f", { ...fields, allowed_callers: null })] });
    expect<unknown>(request.tools).toEqual([{ name: "f", parameters: { type: "object" }, native: fields }]);
    expect(ignored).toEqual([]);
  });

  test.each([
    "web_search_20250305",
    "web_fetch_20260318",
    "code_execution_20260521",
    "tool_search_tool_bm25_20251119",
    "advisor_20260301",
    "mcp_toolset",
    "browser_toolset_20260801",
  ])("that Anthropic runs, or is asked for as a set, travel in their places: %s", (type) => {
    const definition = { type, name: "n", max_uses: null, ...mark };
    const { request, ignored } = decode({ tools: [own("f"), definition, own("g")] });
    expect(request.tools.map(({ name }) => name)).toEqual(["f", "g"]);
    expect<unknown>(request.serverTools).toEqual([{ definition, at: 1 }]);
    expect(ignored).toEqual([]);
  });

  test.each(["bash_20250124", "text_editor_20250728", "computer_20251124", "memory_20250818", "made_up_20270101"])(
    "of Anthropic's that the client runs are called by their names: %s",
    (type) => {
      const { request } = decode({ tools: [{ type, name: "n", display_width_px: 800 }] }, true);
      expect<unknown>(request.tools).toEqual([
        { name: "n", parameters: { type: "object" }, native: { type, display_width_px: 800 } },
      ]);
      expect(request.serverTools).toBeUndefined();
    },
  );

  test("that look at the web are left out, and named, where the user wants none", () => {
    const search = { type: "web_search_20250305", name: "web_search" };
    const body = {
      tools: [own("f"), search],
      tool_choice: { type: "tool" as const, name: "web_search" },
      messages: [],
    };
    const { tools, serverTools, toolChoice, leftOut } = atOnce(decodeTools(body, { webSearch: false }));
    expect([tools.length, serverTools.length, toolChoice.type]).toEqual([1, 0, "auto"]);
    expect(leftOut).toEqual(["tools.web_search_20250305", "tool_choice"]);
  });

  test("of Anthropic's can be chosen, and so can what a set of them holds", () => {
    const choose = (name: string) => ({ type: "tool", name });
    const chosen = (tools: object[], tool_choice: object) => decode({ tools, tool_choice }).request.toolChoice;
    const search = { type: "web_search_20250305", name: "web_search" };
    expect(chosen([search], choose("web_search"))).toEqual({ type: "tool", name: "web_search" });
    expect(chosen([search], { type: "any" })).toEqual({ type: "required" });
    expect(chosen([{ type: "mcp_toolset", mcp_server_name: "m" }], choose("ask"))).toEqual({
      type: "tool",
      name: "ask",
    });
    expect(decode({ tools: [search], tool_choice: "web_search" }).request.toolChoice.type).toBe("tool");
  });

  const change = (type: string) => ({
    role: "system",
    content: [{ type, tool: { type: "tool_reference", name: "g" } }],
  });
  test.each<[string, object[], unknown[]]>([
    ["deferred they stay so", [], [{ defer_loading: true }]],
    ["that the client adds are deferred no more", [change("tool_addition")], [undefined]],
    ["that it takes away again are not offered", [change("tool_addition"), change("tool_removal")], []],
  ])("%s", (_, changes, natives) => {
    const tools = [own("f"), own("g", { defer_loading: true })];
    const { request, ignored } = decode({ tools, messages: [user("a"), ...changes] });
    expect<unknown>(request.tools.slice(1).map(({ native }) => native)).toEqual(natives);
    expect(ignored).toEqual([
      ...new Set(
        changes.map((_, index) => ["messages.content.tool_addition", "messages.content.tool_removal"][index] ?? ""),
      ),
    ]);
  });
});

describe("fields of the body", () => {
  test("that only the API reads travel, whatever they hold", () => {
    const fields = {
      container: { id: "container_1", skills: [{ type: "anthropic", skill_id: "pptx", version: "latest" }] },
      context_management: { edits: [{ type: "clear_tool_uses_20250919" }] },
      mcp_servers: [{ type: "url", name: "m", url: "https://example.com/mcp" }],
    };
    const { request, ignored } = decode(fields, true);
    expect<unknown>(request.native).toEqual(fields);
    expect(ignored).toEqual([]);
  });

  test("of a newer API travel, but not through a strict server", () => {
    expect<unknown>(decode({ made_up: { a: 1 } }).request.native).toEqual({ made_up: { a: 1 } });
    const strict = decode({ made_up: { a: 1 } }, true);
    expect([strict.request.native, strict.ignored]).toEqual([undefined, ["made_up"]]);
  });

  test("that say nothing do not travel", () => {
    expect(decode({ container: null, mcp_servers: [], context_management: null }).request.native).toBeUndefined();
  });

  test("beside the effort and the format reach the API, too", () => {
    const task_budget = { type: "tokens", total: 20_000 };
    const { request, ignored } = decode({ output_config: { effort: "low", task_budget } });
    expect<unknown>([request.effort, request.native, ignored]).toEqual(["low", { output_config: { task_budget } }, []]);
  });

  test("ask for a compaction alone, which goes with no other management of the context", () => {
    const compaction = { type: "summarize" };
    expect<unknown>(decode({ compaction }).request.native).toEqual({ compaction, context_management: null });
  });
});

test.each<[string, string, readonly string[] | undefined]>([
  [
    "are asked for, each once",
    "files-api-2025-04-14, skills-2025-10-02,files-api-2025-04-14",
    ["files-api-2025-04-14", "skills-2025-10-02"],
  ],
  ["of a newer API, too", "made-up-2027-01-01", ["made-up-2027-01-01"]],
  [
    "that say who asks or pays are not",
    "oauth-2025-04-20,claude-code-20250219,context-1m-2025-08-07,fast-mode-2026-02-01",
    undefined,
  ],
  ["that the CLI asks for itself are not", "interleaved-thinking-2025-05-14,context-management-2025-06-27", undefined],
  ["that are none are not", "x\u00e9-2025-01-01,files-api,a-2025-01-01;b,", undefined],
])("betas %s", (_, header, betas) => {
  expect(decode({}, false, header).request.betas).toEqual(betas);
});
