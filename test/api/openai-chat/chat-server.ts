import type { AnyElysia } from "elysia";
import { type ChatRouteOptions, openaiChatRoutes } from "../../../src/api/openai-chat/routes.ts";
import type { Backend } from "../../../src/core/backend.ts";
import { ApiError } from "../../../src/core/error.ts";
import type { ChatEvent, Finish, ResponseStart } from "../../../src/core/event.ts";
import type { ChatRequest } from "../../../src/core/request.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { createServer } from "../../../src/server/create-server.ts";
import { type Listening, listen } from "../../../src/server/listen.ts";

// The chat route in the whole server, in front of a backend that plays events.

export const START: ResponseStart = { type: "response-start", id: "msg_1", model: "claude-opus-5-5" };
export const HELLO: ChatEvent[] = [
  { type: "text-start", block: 0 },
  { type: "text-delta", block: 0, text: "Hello" },
  { type: "text-end", block: 0 },
];
export const FINISH: Finish = {
  type: "finish",
  reason: { unified: "stop", raw: "end_turn" },
  usage: { inputTokens: 1, cacheReadTokens: 2, cacheWriteTokens: 3, outputTokens: 4 },
};
export const BUSY = new ApiError("overloaded", "busy", { upstreamStatus: 529 });
export const BUSY_BODY = { error: { message: "busy", type: "server_error", param: null, code: "overloaded" } };

/** A turn; `index` counts the turns that were asked before it. */
export type Run = (signal: AbortSignal, index: number) => AsyncIterable<ChatEvent>;

export const play = (...events: ChatEvent[]): Run =>
  async function* () {
    yield* events;
  };

/** Says nothing until it is given up. */
export const silentUntilAborted: Run = async function* (signal) {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  yield { type: "error", error: new ApiError("client_closed", "gone") };
};

/** Begins, and then waits until it is given up, as a turn does. */
export const untilAborted: Run = async function* (signal) {
  yield START;
  yield* silentUntilAborted(signal, 0);
};

export type Asked = { readonly request: ChatRequest; readonly signal: AbortSignal };

/** A backend that plays events, and what it was asked. */
export function playing(run: Run): { asked: Asked[]; backend: Backend } {
  const asked: Asked[] = [];
  const backend: Backend = {
    run(request, signal) {
      asked.push({ request, signal });
      return run(signal, asked.length - 1);
    },
    models: () => [],
    health: () => ({ status: "ok", workers: { starting: 0, ready: 0, busy: 0, parked: 0, queued: 0 } }),
  };
  return { asked, backend };
}

export const postOf = (fields: object) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model: "opus", messages: [{ role: "user", content: "hi" }], ...fields }),
});

/** The whole server in front of such a backend. */
export function serve(run: Run, options: Partial<ChatRouteOptions> = {}) {
  const { asked, backend } = playing(run);
  const { url } = listenWith(backend, openaiChatRoutes({ backend, ...options }));
  const post = (fields: object, init: RequestInit = {}) =>
    fetch(`${url}/v1/chat/completions`, { ...postOf(fields), ...init });
  return { asked, post, url };
}

/** The whole server with these routes; `stopServers` ends it. */
export function listenWith(backend: Backend, ...routes: AnyElysia[]): Listening {
  const app = createServer({
    config: { host: "127.0.0.1", allowedHosts: [], allowedOrigins: [], apiKeys: [], demo: false },
    backend,
    logger: new Logger("silent"),
    routes,
    version: "0.0.0-test",
  });
  const server = listen(app, { host: "127.0.0.1", port: 0 });
  servers.push(server);
  return server;
}

const servers: Listening[] = [];

/** For `afterEach`: a server left behind would keep its port. */
export const stopServers = () => Promise.all(servers.splice(0).map((server) => server.stop(0)));
