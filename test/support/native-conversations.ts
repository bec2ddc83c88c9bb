import { inTheApisForm } from "../../src/simulator/thinking-signature.ts";
import { PDF, PNG } from "./media.ts";

// Requests of /v1/messages in the shapes that programs were seen to send to Anthropic, with words of our own.

export const said = (words: string, fields: object = {}) => ({ type: "text", text: words, ...fields });
export const user = (...content: object[]) => ({ role: "user", content });
export const assistant = (...content: object[]) => ({ role: "assistant", content });

const use = (id: string, name: string, input: object = {}, fields: object = {}) => ({
  type: "tool_use",
  id: `toolu_${id}`,
  name,
  input,
  ...fields,
});
export const result = (id: string, content: unknown, fields: object = {}) => ({
  type: "tool_result",
  tool_use_id: `toolu_${id}`,
  content,
  ...fields,
});
export const own = (name: string, fields: object = {}) => ({
  name,
  description: `Does ${name}.`,
  input_schema: { type: "object", properties: { q: { type: "string" } }, additionalProperties: false },
  ...fields,
});

const serverUse = (id: string, name: string, input: object = {}) => ({
  type: "server_tool_use",
  id: `srvtoolu_${id}`,
  name,
  input,
});
const serverResult = (id: string, type: string, content: unknown) => ({ type, tool_use_id: `srvtoolu_${id}`, content });
const reference = (tool_name: string) => ({ type: "tool_reference", tool_name });
const found = [
  { type: "web_search_result", url: "https://a.example", title: "A", encrypted_content: "ZW5j", page_age: null },
];
const cited = {
  type: "web_search_result_location",
  url: "https://a.example",
  title: "A",
  encrypted_index: "aW5k",
  cited_text: "a",
};
const ran = (stdout: string) => ({
  type: "bash_code_execution_result",
  stdout,
  stderr: "",
  return_code: 0,
  content: [],
});
const code = { type: "code_execution_20260120", name: "code_execution" };
const search = { type: "web_search_20250305", name: "web_search", max_uses: null, user_location: null };
const finder = { type: "tool_search_tool_bm25_20251119", name: "tool_search_tool_bm25" };
const later = own("later", { defer_loading: true });
const pdf = { type: "document", source: { type: "base64", media_type: "application/pdf", data: PDF } };
const image = { type: "image", source: { type: "url", url: "https://example.com/a.png" } };

export type NativeConversation = { readonly [field: string]: unknown; readonly messages: readonly object[] };

/** Of thinking in them. */
const SIGNATURE = inTheApisForm("signed by its owner");

const thinking = { type: "thinking", thinking: "", signature: SIGNATURE };

const mcp_servers = [{ type: "url", name: "wiki", url: "https://example.com/mcp" }];

/** Those that reach the API as they are. */
export const NATIVE: Readonly<Record<string, NativeConversation>> = {
  "an image by URL": { messages: [user(image, said("What?"))] },
  "an image by URL in a result": {
    messages: [user(said("a")), assistant(use("i", "f")), user(result("i", [image]))],
    tools: [own("f", { description: "" })],
  },
  "an image in Anthropic's store": {
    messages: [user({ type: "image", source: { type: "file", file_id: "file_1" } }, said("a"))],
  },
  "a document by URL": {
    messages: [user(said("a"), { type: "document", source: { type: "url", url: "https://example.com/a.pdf" } })],
  },
  "documents that are to be cited": {
    messages: [
      user(
        { ...pdf, title: "P", context: "From the archive.", citations: { enabled: true } },
        { type: "document", source: { type: "content", content: [said("a"), said("b")] } },
        said("What?"),
      ),
      assistant(said("a")),
      user(said("And?")),
    ],
  },
  "documents and images in results": {
    messages: [
      user(said("a")),
      assistant(said("b"), use("d", "f")),
      user(
        result("d", [
          said("c"),
          pdf,
          { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
          { type: "document", source: { type: "text", media_type: "text/plain", data: "d" } },
          { type: "search_result", source: "s", title: "t", content: [said("a")], citations: { enabled: true } },
        ]),
      ),
    ],
    tools: [own("f")],
  },
  "a search result in a question": {
    messages: [
      user({ type: "search_result", source: "https://a.example", title: "A", content: [said("a")] }, said("b")),
    ],
  },
  "a file for a container": {
    messages: [user(said("a"), { type: "container_upload", file_id: "file_1" })],
    tools: [code],
    system: "Be brief.",
  },
  "a container that is gone on with": {
    container: "container_1",
    messages: [
      user(said("a"), { type: "container_upload", file_id: "file_1" }),
      assistant(
        thinking,
        serverUse("b", "bash_code_execution", { command: "ls" }),
        serverResult("b", "bash_code_execution_tool_result", ran("x")),
        said("b"),
      ),
      user(said("c")),
    ],
    tools: [code],
  },
  "a container with skills": {
    container: { id: "container_1", skills: [{ type: "anthropic", skill_id: "pptx", version: "latest" }] },
    messages: [user(said("a"))],
    tools: [code],
  },
  "searches, and what rests on them": {
    messages: [
      user(said("a")),
      assistant(
        serverUse("s", "web_search", { query: "q" }),
        serverResult("s", "web_search_tool_result", found),
        said("b"),
        said("c", { citations: [cited] }),
      ),
      user(said("d")),
    ],
    tools: [search, { type: "web_fetch_20250910", name: "web_fetch", citations: { enabled: true } }],
  },
  "a search that is asked for": {
    model: "claude-sonnet-5",
    messages: [user(said("a"))],
    tools: [search],
    tool_choice: { type: "tool", name: "web_search" },
  },
  "deferred tools, and a search among them": {
    messages: [
      user(said("a")),
      assistant(
        serverUse("f", "tool_search_tool_bm25", { query: "q" }),
        serverResult("f", "tool_search_tool_result", {
          type: "tool_search_tool_search_result",
          tool_references: [reference("later")],
        }),
        use("l", "later", { q: "a" }),
      ),
      user(result("l", [said("b")])),
    ],
    tools: [later, own("other", { defer_loading: true }), finder],
  },
  "deferred tools that a client's search has found": {
    messages: [
      user(said("a")),
      assistant(said("b"), use("s", "find")),
      user(result("s", [reference("later")])),
      assistant(use("l", "later", { q: "a" })),
      user(result("l", [said("c")])),
    ],
    tools: [own("find"), later],
  },
  "an MCP server's tools": {
    mcp_servers,
    messages: [
      user(said("a")),
      assistant(
        { type: "mcp_tool_use", id: "mcptoolu_1", name: "ask", server_name: "wiki", input: { q: "a" } },
        { type: "mcp_tool_result", tool_use_id: "mcptoolu_1", is_error: false, content: [said("b")] },
        said("c"),
      ),
      user(said("d")),
    ],
    tools: [{ type: "mcp_toolset", mcp_server_name: "wiki" }, own("f")],
  },
  "a compacted conversation": {
    context_management: { edits: [{ type: "compact_20260112" }] },
    messages: [
      user(said("a")),
      assistant({ type: "compaction", content: "What was said." }, said("b")),
      user(said("c"), said("d")),
    ],
  },
  "old results that are to be cleared": {
    context_management: { edits: [{ type: "clear_tool_uses_20250919", keep: { type: "tool_uses", value: 3 } }] },
    messages: [user(said("a"))],
  },
  "Anthropic's tools that the client runs": {
    messages: [user(said("a")), assistant(use("m", "memory", { command: "view" })), user(result("m", [said("b")]))],
    tools: [
      { type: "memory_20250818", name: "memory" },
      { type: "bash_20250124", name: "bash" },
      own("f"),
      { type: "text_editor_20250728", name: "str_replace_based_edit_tool", max_characters: 5000 },
    ],
  },
  "functions with all that they may say": {
    messages: [user(said("a"))],
    tools: [
      own("f", { strict: true, input_examples: [{ q: "a" }], eager_input_streaming: true }),
      { ...own("g"), type: "custom" },
    ],
    tool_choice: { type: "auto", disable_parallel_tool_use: true },
  },
  "calls of a set of tools": {
    messages: [
      user(said("a")),
      assistant(use("c", "f", {}, { toolset_name: "browser" })),
      user(result("c", [said("b")], { toolset_name: "browser" })),
    ],
    tools: [own("f"), { type: "browser_toolset_20260801" }],
  },
};

/** Those that do not, and the names of what is lost or bent. */
export const BENT: Readonly<Record<string, { readonly body: NativeConversation; readonly named: string }>> = {
  "the API takes a beginning of the answer of older models: it is gone on with": {
    body: { messages: [user(said("a")), assistant(said("b"))] },
    named: "messages.continuation",
  },
  "the CLI tells no tool changes: the tool is offered from then on": {
    body: {
      messages: [
        user(said("a")),
        { role: "system", content: [{ type: "tool_addition", tool: { type: "tool_reference", name: "later" } }] },
      ],
      tools: [own("f"), later],
    },
    named: "messages.content.tool_addition",
  },
  "the CLI takes another model's advice out": {
    body: {
      messages: [
        user(said("a")),
        assistant(
          said("b"),
          serverUse("a", "advisor"),
          serverResult("a", "advisor_tool_result", { type: "advisor_result", text: "c" }),
        ),
        user(said("d")),
      ],
      tools: [{ type: "advisor_20260301", name: "advisor", model: "claude-opus-5-5" }],
    },
    named: "messages.content.server_tool_use,messages.content.advisor_tool_result",
  },
  "the CLI takes out a call of an MCP server's that has no result yet": {
    body: {
      mcp_servers,
      messages: [
        user(said("a")),
        assistant(
          { type: "mcp_tool_use", id: "mcptoolu_1", name: "ask", server_name: "wiki", input: {} },
          use("f", "f"),
        ),
        user(result("f", [said("b")])),
      ],
      tools: [{ type: "mcp_toolset", mcp_server_name: "wiki" }, own("f")],
    },
    named: "messages.content.mcp_tool_use",
  },
  "the CLI takes out the code whose calls are answered, since that has no result yet": {
    body: {
      messages: [
        user(said("a")),
        assistant(
          serverUse("c", "code_execution", { code: "f()" }),
          use("c", "f", {}, { caller: { type: "code_execution_20260120", tool_id: "srvtoolu_c" } }),
        ),
        user(result("c", [said("b")])),
      ],
      tools: [code, own("f", { allowed_callers: ["code_execution_20260120"] })],
    },
    named: "messages.content.server_tool_use",
  },
};
