import { openaiResponsesRoutes, type ResponsesRouteOptions } from "../../../src/api/openai-responses/routes.ts";
import { MemoryResponseStore } from "../../../src/api/openai-responses/store/memory-store.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { createServer } from "../../../src/server/create-server.ts";
import { type Listening, listen } from "../../../src/server/listen.ts";
import { playing, type Run } from "../playing.ts";

const servers: Listening[] = [];

/** For `afterEach`: a server left behind would keep its port. */
export const stopServers = () => Promise.all(servers.splice(0).map((server) => server.stop(0)));

/** The whole server in front of a backend that plays events. */
export function serve(run: Run, options: Partial<ResponsesRouteOptions> = {}) {
  const { asked, backend } = playing(run);
  const app = createServer({
    config: { allowedHosts: [], allowedOrigins: [], apiKeys: [], demo: false },
    backend,
    logger: new Logger("silent"),
    routes: [openaiResponsesRoutes({ backend, store: new MemoryResponseStore(), ...options })],
    version: "0.0.0-test",
  });
  const server = listen(app, { host: "127.0.0.1", port: 0 });
  servers.push(server);
  const ask = (path: string, init: RequestInit = {}) => fetch(`${server.url}/v1/responses${path}`, init);
  const post = (fields: object, init: RequestInit = {}) =>
    ask("", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "opus", input: "hi", ...fields }),
      ...init,
    });
  return { asked, ask, post, server };
}

/** The events of a stream, each told by the name that it has itself. */
export function namedEvents(body: string) {
  return body
    .split("\n\n")
    .filter((frame) => frame.startsWith("event:"))
    .map((frame) => {
      const [name = "", data = ""] = frame.split("\n");
      const event = JSON.parse(data.replace(/^data: /, ""));
      if (name !== `event: ${event.type}`) throw new Error(`the frame says ${name}, its data ${event.type}`);
      return event;
    });
}
