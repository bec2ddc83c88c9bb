import Type from "typebox";
import type { JsonObject } from "../../core/json.ts";
import type { Tool, ToolResultBlock } from "../../core/request.ts";
import { lazyCheck } from "../protocol/lazy-check.ts";
import type { ControlRequestMessage } from "../protocol/messages.ts";
import { mcpResult, nativeResult } from "../turn/encode-content.ts";
import { DEFERRED, type ToolNames } from "./tool-names.ts";

/** What the CLI is told that the server of the client's tools is called: by two names in turn, see binding.ts. */
export const SERVERS = ["client", "client-2"] as const;
const PROTOCOL_VERSION = "2025-11-25";

// JSON-RPC's own.
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;

/** A message of the CLI to the MCP server that it believes to live in our process; see the Agent SDK's `sdkMcpServers`. */
const McpRequest = lazyCheck(
  Type.Object({
    subtype: Type.Literal("mcp_message"),
    message: Type.Object({
      id: Type.Optional(Type.Union([Type.String(), Type.Number()])),
      method: Type.String(),
      params: Type.Optional(Type.Unknown()),
    }),
  }),
);

const InitializeParams = lazyCheck(Type.Object({ protocolVersion: Type.String() }));
const CallParams = lazyCheck(Type.Object({ _meta: Type.Object({ "claudecode/toolUseId": Type.String() }) }));

type RpcId = string | number;
type OpenCall = { readonly requestId: string; readonly rpcId: RpcId };

type ClientToolsOptions = {
  readonly tools: readonly McpTool[];
  /** What the server is called; default: the first of {@link SERVERS}. */
  readonly server?: string | undefined;
  /** How long the CLI shall wait for the result of a call, at the most. */
  readonly callTimeoutMs: number;
  /** Answers a question of the CLI's. */
  readonly respond: (requestId: string, response: object) => void;
};

/**
 * A client's tools as the CLI sees them: one MCP server in our process. A call stays open until it is answered, and the CLI
 * waits with it; meanwhile the client runs the function.
 */
export class ClientTools {
  readonly #options: ClientToolsOptions;
  readonly #open = new Map<string, OpenCall>();
  /** Of results that were announced: what the model shall be told of each. */
  readonly #announced = new Map<string, object[]>();
  #onOpen: (() => void) | undefined;

  constructor(options: ClientToolsOptions) {
    this.#options = options;
  }

  get server(): string {
    return this.#options.server ?? SERVERS[0];
  }

  /** What `initialize` is told. With the manifest, newer versions of the CLI ask nothing back; older ones go by {@link handle}. */
  get initializeFields(): Record<string, unknown> {
    return {
      sdkMcpServers: [this.server],
      sdkMcpServerConfigs: { [this.server]: { timeout: this.#options.callTimeoutMs } },
      sdkMcpServerManifests: {
        [this.server]: {
          initializeResult: initializeResult(PROTOCOL_VERSION),
          toolsListResult: { tools: this.#options.tools },
        },
      },
    };
  }

  /** The `servers` of `mcp_set_servers`, for a process that is initialised already. The CLI asks back, and its next turn waits for it. */
  get servers(): Record<string, unknown> {
    return { [this.server]: { type: "sdk", name: this.server, timeout: this.#options.callTimeoutMs } };
  }

  /** The ids of the calls that wait for a result. */
  get openCalls(): ReadonlySet<string> {
    return new Set(this.#open.keys());
  }

  /** Called whenever a call was opened. */
  watch(onOpen: (() => void) | undefined): void {
    this.#onOpen = onOpen;
  }

  /** Takes what the CLI asks of the server. False: it is no message to the server. */
  handle({ request, request_id: requestId }: ControlRequestMessage): boolean {
    if (!McpRequest.Check(request)) return false;
    const { id, method, params } = request.message;
    // A notification wants no result, but the control request that carries it wants an answer.
    if (id === undefined) this.#reply(requestId, 0, { result: {} });
    else if (method !== "tools/call") this.#reply(requestId, id, this.#answer(method, params));
    else if (CallParams.Check(params)) {
      this.#open.set(params._meta["claudecode/toolUseId"], { requestId, rpcId: id });
      this.#onOpen?.();
    } else this.#reply(requestId, id, { error: { code: INVALID_PARAMS, message: "the call has no id" } });
    return true;
  }

  /** Answers an open call; the CLI goes on once all are answered. */
  answer(result: ToolResultBlock): void {
    const call = this.#open.get(result.callId);
    if (call === undefined) throw new Error("there is no such open call");
    this.#open.delete(result.callId);
    const blocks = nativeResult(result);
    if (blocks) this.#announced.set(result.callId, blocks);
    this.#reply(call.requestId, call.rpcId, { result: mcpResult(result) });
  }

  /** The blocks in whose place a result was announced, once; undefined when the CLI got the result itself. */
  takeAnnounced(callId: string): readonly object[] | undefined {
    const blocks = this.#announced.get(callId);
    this.#announced.delete(callId);
    return blocks;
  }

  /** Forgets the open calls: the turn they belong to is over. */
  reset(): void {
    this.#open.clear();
    this.#announced.clear();
  }

  #answer(method: string, params: unknown): object {
    if (method === "initialize")
      return { result: initializeResult(InitializeParams.Check(params) ? params.protocolVersion : PROTOCOL_VERSION) };
    if (method === "tools/list") return { result: { tools: this.#options.tools } };
    if (method === "ping") return { result: {} };
    return { error: { code: METHOD_NOT_FOUND, message: `${method} is not supported here` } };
  }

  #reply(requestId: string, id: RpcId, outcome: object): void {
    this.#options.respond(requestId, { mcp_response: { jsonrpc: "2.0", id, ...outcome } });
  }
}

function initializeResult(protocolVersion: string): object {
  return { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: SERVERS[0], version: "1" } };
}

/** A tool in MCP's `tools/list`. */
export type McpTool = { readonly name: string; readonly inputSchema: JsonObject } & Readonly<Record<string, unknown>>;

/**
 * What the CLI needs to know of a request's functions, to open their calls: the names. What they are the model is told by
 * `toolDefinitions`, so nothing of it is left out, checked, filled in or remembered by the CLI.
 */
export function namedTools(names: ToolNames): readonly McpTool[] {
  const tools = names.offered.map((name) => mcpTool({ name, inputSchema: { type: "object" } }));
  return tools.length === 0 ? [] : [...tools, { name: DEFERRED, inputSchema: { type: "object" } }];
}

/** The functions as a whole: for counting, where the CLI tells of them in its own way. */
export function describedTools(tools: readonly Tool[], names: ToolNames): readonly McpTool[] {
  return tools.map((tool) => {
    const { name, description } = tool;
    return mcpTool({ name: names.toApi(name), description, inputSchema: names.parametersToApi(tool) });
  });
}

function mcpTool(fields: McpTool): McpTool {
  return {
    ...fields,
    // Offered at once, rather than to be searched for; and results arrive whole up to the CLI's own limit.
    _meta: { "anthropic/alwaysLoad": true, "anthropic/maxResultSizeChars": 500_000 },
    // Calls of one answer are opened at once, and none has to be permitted.
    annotations: { readOnlyHint: true },
  };
}

const BATCH = "tool-batch";
const RESULT = "tool-result";

/**
 * Part of `initialize`: lets the CLI ask us, by a `hook_callback`, after each result, which may then be replaced, and whenever all calls
 * of an answer have theirs, before it asks the model again. It waits for our answers, so a turn that shall not go on can be
 * interrupted without another request.
 */
export const TOOL_HOOKS = {
  hooks: { PostToolUse: [{ hookCallbackIds: [RESULT] }], PostToolBatch: [{ hookCallbackIds: [BATCH] }] },
} as const;

const Callback = lazyCheck(
  Type.Object({
    subtype: Type.Literal("hook_callback"),
    callback_id: Type.String(),
    tool_use_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  }),
);

/** Whether this is the CLI's question before it goes on after a batch of calls. */
export function asksToGoOn({ request }: ControlRequestMessage): boolean {
  return Callback.Check(request) && request.callback_id === BATCH;
}

/** The id of the call whose result the CLI asks about; undefined when it asks something else. */
export function asksAboutResult({ request }: ControlRequestMessage): string | undefined {
  return Callback.Check(request) && request.callback_id === RESULT ? (request.tool_use_id ?? "") : undefined;
}

/** The answer that puts these blocks in the place of a result. */
export function replaceResult(blocks: readonly object[]): object {
  return { hookSpecificOutput: { hookEventName: "PostToolUse", updatedToolOutput: blocks } };
}
