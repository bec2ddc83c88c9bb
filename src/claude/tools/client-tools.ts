import Type from "typebox";
import type { ToolResultBlock } from "../../core/request.ts";
import { lazyCheck } from "../protocol/lazy-check.ts";
import type { ControlRequestMessage } from "../protocol/messages.ts";
import type { McpTool } from "./mcp-tools.ts";
import { mcpResult, nativeResult } from "./tool-result.ts";

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

export type ClientToolsOptions = {
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
        [this.server]: { initializeResult: initializeResult(PROTOCOL_VERSION), toolsListResult: this.#toolList() },
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
    else if (method === "tools/call") this.#openCall(requestId, id, params);
    else this.#reply(requestId, id, this.#answer(method, params));
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

  /** The blocks that a result was announced with, once; undefined when it was told as it is. */
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

  #openCall(requestId: string, rpcId: RpcId, params: unknown): void {
    if (!CallParams.Check(params)) {
      this.#reply(requestId, rpcId, { error: { code: INVALID_PARAMS, message: "the call has no id" } });
      return;
    }
    this.#open.set(params._meta["claudecode/toolUseId"], { requestId, rpcId });
    this.#onOpen?.();
  }

  #answer(method: string, params: unknown): object {
    switch (method) {
      case "initialize":
        return { result: initializeResult(InitializeParams.Check(params) ? params.protocolVersion : PROTOCOL_VERSION) };
      case "tools/list":
        return { result: this.#toolList() };
      case "ping":
        return { result: {} };
      default:
        return { error: { code: METHOD_NOT_FOUND, message: `${method} is not supported here` } };
    }
  }

  #toolList(): object {
    return { tools: this.#options.tools };
  }

  #reply(requestId: string, id: RpcId, outcome: object): void {
    this.#options.respond(requestId, { mcp_response: { jsonrpc: "2.0", id, ...outcome } });
  }
}

function initializeResult(protocolVersion: string): object {
  return { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: SERVERS[0], version: "1" } };
}
