import type { AnyElysia } from "elysia";
import type { DialectOptions } from "../../../src/api/dialect-options.ts";
import { openaiChatRoutes } from "../../../src/api/openai-chat/routes.ts";
import type { Backend } from "../../../src/core/backend.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { createServer } from "../../../src/server/create-server.ts";
import { type Listening, listen } from "../../../src/server/listen.ts";
import { playing, type Run } from "../playing.ts";

// The chat route in the whole server, in front of a backend that plays events.

export * from "../playing.ts";
export const BUSY_BODY = { error: { message: "busy", type: "server_error", param: null, code: "overloaded" } };

export const postOf = (fields: object) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model: "opus", messages: [{ role: "user", content: "hi" }], ...fields }),
});

/** The whole server in front of such a backend. */
export function serve(run: Run, options: Partial<DialectOptions> = {}) {
  const { asked, backend } = playing(run);
  const { url } = listenWith(backend, openaiChatRoutes({ backend, ...options }));
  const post = (fields: object, init: RequestInit = {}) =>
    fetch(`${url}/v1/chat/completions`, { ...postOf(fields), ...init });
  return { asked, post, url };
}

/** The whole server with these routes; `stopServers` ends it. */
export function listenWith(backend: Backend, ...routes: AnyElysia[]): Listening {
  const app = createServer({
    config: { allowedHosts: [], allowedOrigins: [], apiKeys: [], demo: false },
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
