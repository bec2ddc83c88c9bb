import { describe, expect, test } from "bun:test";
import {
  asksAboutResult,
  asksToGoOn,
  ClientTools,
  describedTools,
  type McpTool,
  namedTools,
  replaceResult,
  TOOL_HOOKS,
} from "../../../src/claude/tools/client-tools.ts";
import { ToolNames } from "../../../src/claude/tools/tool-names.ts";
import type { Tool, ToolResultBlock } from "../../../src/core/request.ts";

const TOOLS: McpTool[] = [
  { name: "get_weather", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } },
  { name: "files_read", inputSchema: { type: "object" } },
];
const TOOL_LIST = { tools: TOOLS };
const INITIALIZED = { capabilities: { tools: {} }, serverInfo: { name: "client", version: "1" } };

function offer() {
  const replies: [string, object][] = [];
  const tools = new ClientTools({
    tools: TOOLS,
    callTimeoutMs: 660_000,
    respond: (requestId, response) => void replies.push([requestId, response]),
  });
  /** The CLI sends a message to the server; true when it was taken for one. */
  const send = (message: object | undefined, requestId = "r1", subtype = "mcp_message") =>
    tools.handle({
      type: "control_request",
      request_id: requestId,
      request: { subtype, ...{ server_name: "client", message } },
    });
  const open = (callId: string, rpcId: string | number = 7, requestId = `r-${callId}`) =>
    send(
      {
        jsonrpc: "2.0",
        id: rpcId,
        method: "tools/call",
        params: { name: "f", arguments: {}, _meta: { "claudecode/toolUseId": callId, progressToken: 7 } },
      },
      requestId,
    );
  return { tools, replies, send, open };
}

const reply = (id: string | number, outcome: object) => ({ mcp_response: { jsonrpc: "2.0", id, ...outcome } });
const result = (callId: string, text: string): ToolResultBlock => ({
  type: "tool-result",
  callId,
  content: [{ type: "text", text }],
});

test("the CLI is told of the tools exactly this, when it starts", () => {
  expect(offer().tools.initializeFields).toEqual({
    sdkMcpServers: ["client"],
    sdkMcpServerConfigs: { client: { timeout: 660_000 } },
    sdkMcpServerManifests: {
      client: {
        initializeResult: { protocolVersion: "2025-11-25", ...INITIALIZED },
        toolsListResult: TOOL_LIST,
      },
    },
  });
});

describe("a CLI that asks for itself", () => {
  test("is told of the server, in the version of the protocol that it speaks", () => {
    const { send, replies } = offer();
    const params = {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "claude-code", version: "2" },
    };
    expect(send({ jsonrpc: "2.0", id: 0, method: "initialize", params })).toBeTrue();
    expect(replies).toEqual([["r1", reply(0, { result: { protocolVersion: "2025-06-18", ...INITIALIZED } })]]);
  });

  test.each([[undefined], [null], [{}], [{ protocolVersion: 2 }]])(
    "is told our version of the protocol when it names none: %j",
    (params) => {
      const { send, replies } = offer();
      expect(send({ id: 0, method: "initialize", params })).toBeTrue();
      expect(replies).toEqual([["r1", reply(0, { result: { protocolVersion: "2025-11-25", ...INITIALIZED } })]]);
    },
  );

  test("is told of the tools", () => {
    const { send, replies } = offer();
    send({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
    expect(replies).toEqual([["r1", reply(1, { result: TOOL_LIST })]]);
  });

  test("gets an answer to its notifications: the request that carries them waits for one", () => {
    const { send, replies } = offer();
    expect(send({ jsonrpc: "2.0", method: "notifications/initialized" })).toBeTrue();
    expect(send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 2 } }, "r2")).toBeTrue();
    expect(replies).toEqual([
      ["r1", reply(0, { result: {} })],
      ["r2", reply(0, { result: {} })],
    ]);
  });

  test("gets an answer to a ping, under an id of any kind", () => {
    const { send, replies } = offer();
    send({ id: "p", method: "ping" });
    expect(replies).toEqual([["r1", reply("p", { result: {} })]]);
  });

  test("is told which method we do not know", () => {
    const { send, replies } = offer();
    send({ id: 3, method: "resources/list" });
    expect(replies).toEqual([
      ["r1", reply(3, { error: { code: -32601, message: "resources/list is not supported here" } })],
    ]);
  });

  test.each<[string, object | undefined, string]>([
    ["another question", { id: 1, method: "ping" }, "can_use_tool"],
    ["a message without a method", { id: 1, result: {} }, "mcp_message"],
    ["no message", undefined, "mcp_message"],
  ])("is left to others with %s", (_, message, subtype) => {
    const { send, replies } = offer();
    expect(send(message, "r1", subtype)).toBeFalse();
    expect(replies).toEqual([]);
  });
});

describe("a call", () => {
  test("stays open, without a word, until it is answered, and then it is answered under its own ids", () => {
    const { tools, open, replies } = offer();
    open("toolu_1", 7);
    open("toolu_2", "eight");
    expect(replies).toEqual([]);
    expect([...tools.openCalls]).toEqual(["toolu_1", "toolu_2"]);
    tools.answer(result("toolu_2", "two"));
    expect([...tools.openCalls]).toEqual(["toolu_1"]);
    tools.answer(result("toolu_1", "one"));
    expect(replies).toEqual([
      ["r-toolu_2", reply("eight", { result: { content: [{ type: "text", text: "two" }] } })],
      ["r-toolu_1", reply(7, { result: { content: [{ type: "text", text: "one" }] } })],
    ]);
    expect(tools.openCalls.size).toBe(0);
  });

  test("whose result has images is announced, and its blocks are given once", () => {
    const { tools, open, replies } = offer();
    open("toolu_1", 7);
    const image = { type: "image", mediaType: "image/png", data: "iVBO", width: 1, height: 1 } as const;
    tools.answer({ type: "tool-result", callId: "toolu_1", content: [image] });
    expect(replies).toEqual([
      ["r-toolu_1", reply(7, { result: { content: [{ type: "text", text: "(see below)" }] } })],
    ]);
    expect(tools.takeAnnounced("toolu_1")).toHaveLength(1);
    expect(tools.takeAnnounced("toolu_1")).toBeUndefined();
  });

  test("is answered once", () => {
    const { tools, open, replies } = offer();
    open("toolu_1");
    tools.answer(result("toolu_1", "one"));
    expect(() => tools.answer(result("toolu_1", "one"))).toThrow("there is no such open call");
    expect(replies).toHaveLength(1);
  });

  test("that nobody opened cannot be answered", () => {
    expect(() => offer().tools.answer(result("toolu_1", "one"))).toThrow("there is no such open call");
  });

  test("that was forgotten is not open any more, and is not answered", () => {
    const { tools, open, replies } = offer();
    open("toolu_1");
    tools.reset();
    expect(tools.openCalls.size).toBe(0);
    expect(() => tools.answer(result("toolu_1", "one"))).toThrow("there is no such open call");
    expect(replies).toEqual([]);
  });

  test("is told to whoever watches, once it is among the open ones", () => {
    const { tools, open } = offer();
    const seen: string[][] = [];
    tools.watch(() => void seen.push([...tools.openCalls]));
    open("toolu_1");
    open("toolu_2");
    tools.watch(undefined);
    open("toolu_3");
    expect(seen).toEqual([["toolu_1"], ["toolu_1", "toolu_2"]]);
  });

  test.each([[undefined], [null], ["f"], [[]], [{}], [{ _meta: {} }], [{ _meta: { "claudecode/toolUseId": 5 } }]])(
    "without an id, by which to know its result, is refused: %j",
    (params) => {
      const { tools, send, replies } = offer();
      tools.watch(() => {
        throw new Error("nothing was opened");
      });
      expect(send({ id: 4, method: "tools/call", params })).toBeTrue();
      expect(replies).toEqual([["r1", reply(4, { error: { code: -32602, message: "the call has no id" } })]]);
      expect(tools.openCalls.size).toBe(0);
    },
  );
});

test("the open calls that were seen do not change afterwards", () => {
  const { tools, open } = offer();
  open("toolu_1");
  const seen = tools.openCalls;
  tools.reset();
  expect([...seen]).toEqual(["toolu_1"]);
});

const PARAMETERS = { type: "object", properties: { $top: { type: "integer" } }, required: ["$top"] };
const DESCRIBED: Tool[] = [
  { name: "get_weather", description: "Tells the weather.", parameters: PARAMETERS },
  { name: "files.read", parameters: { type: "object", properties: {} } },
];
const OURS = {
  _meta: { "anthropic/alwaysLoad": true, "anthropic/maxResultSizeChars": 500_000 },
  annotations: { readOnlyHint: true },
};

test("to open calls, the CLI is told the functions' names alone, of which it cannot think that the API takes none", () => {
  expect(namedTools(new ToolNames(DESCRIBED))).toEqual([
    { name: "get_weather", inputSchema: { type: "object" }, ...OURS },
    { name: "files_read", inputSchema: { type: "object" }, ...OURS },
    // Nobody is offered it: see tool-names.ts.
    { name: "_deferred", inputSchema: { type: "object" } },
  ]);
  expect(namedTools(new ToolNames([]))).toEqual([]);
});

test("to count them, it is told all of them, by the names of the API", () => {
  expect(describedTools(DESCRIBED, new ToolNames(DESCRIBED))).toEqual([
    {
      name: "get_weather",
      description: "Tells the weather.",
      inputSchema: { type: "object", properties: { top: { type: "integer" } }, required: ["top"] },
      ...OURS,
    },
    { name: "files_read", inputSchema: { type: "object", properties: {} }, ...OURS },
  ]);
});

const question = (request: { subtype: string; callback_id?: string; tool_use_id?: string }) =>
  ({ type: "control_request", request_id: "r1", request }) as const;

test("the CLI is told exactly this, to ask after each result, and before it goes on after a batch of calls", () => {
  expect(TOOL_HOOKS).toEqual({
    hooks: {
      PostToolUse: [{ hookCallbackIds: ["tool-result"] }],
      PostToolBatch: [{ hookCallbackIds: ["tool-batch"] }],
    },
  });
});

test("its questions are told from each other and from all others", () => {
  const ids = ["tool-batch", "tool-result", "other", undefined];
  const hooks = ids.map((id) => question({ subtype: "hook_callback", ...(id ? { callback_id: id } : {}) }));
  expect(hooks.map(asksToGoOn)).toEqual([true, false, false, false]);
  expect(hooks.map(asksAboutResult)).toEqual([undefined, "", undefined, undefined]);
  expect(asksAboutResult(question({ subtype: "hook_callback", callback_id: "tool-result", tool_use_id: "1" }))).toBe(
    "1",
  );
  expect(asksToGoOn(question({ subtype: "mcp_message", callback_id: "tool-batch" }))).toBeFalse();
});

test("a result is replaced by blocks of the API", () => {
  expect(replaceResult([{ type: "text", text: "a" }])).toEqual({
    hookSpecificOutput: { hookEventName: "PostToolUse", updatedToolOutput: [{ type: "text", text: "a" }] },
  });
});
