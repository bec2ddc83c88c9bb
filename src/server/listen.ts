import { errorResponse } from "../api/openai-error.ts";
import { reachableHost } from "../config/network-names.ts";
import { toApiError } from "../core/error.ts";
import type { Server } from "./create-server.ts";
import { SERVE_OPTIONS } from "./limits.ts";

export type ListenOptions = {
  readonly host: string;
  readonly port: number;
  /** Whether something runs that no request waits for; it gets the same time to end. */
  readonly isBusy?: () => boolean;
  /** Called when the time for what runs is over: makes all of it end at once, with an error. */
  readonly endRunning?: () => void;
};

export type Listening = {
  /** Where the server is, as the user of this machine reaches it. */
  readonly url: string;
  readonly port: number;
  /**
   * Refuses new requests, waits up to `drainMs` for what runs, ends what still runs then, and closes every connection.
   * Called again, it cuts the waiting short to the new `drainMs`.
   */
  stop(drainMs: number): Promise<void>;
};

/** Why the server cannot listen, written for the person who started it. */
export class ListenError extends Error {
  /** The system's code, such as EADDRINUSE. */
  readonly code: string;

  constructor(code: string, message: string, cause: unknown) {
    super(message, { cause });
    this.name = "ListenError";
    this.code = code;
  }
}

const DRAIN_POLL_MS = 20;
/** How long requests that were ended may take to tell their clients so. */
const FLUSH_MS = 500;

/** Starts to listen. Throws a ListenError when the port or the address cannot be had. */
export function listen(
  server: Server,
  { host, port, isBusy: runsMore = () => false, endRunning }: ListenOptions,
): Listening {
  const bun = serve(server, host, port);
  const boundPort = bun.port ?? port;
  let deadline = Number.POSITIVE_INFINITY;
  let stopped: Promise<void> | undefined;
  const isBusy = () => bun.pendingRequests > 0 || server.decorator.sockets.size > 0 || runsMore();
  const waitUntil = async (end: () => number) => {
    while (isBusy() && performance.now() < end()) await Bun.sleep(DRAIN_POLL_MS);
  };
  const drain = async () => {
    await waitUntil(() => deadline);
    if (isBusy() && endRunning) {
      endRunning();
      const flushed = performance.now() + FLUSH_MS;
      await waitUntil(() => flushed);
    }
    await bun.stop(true);
  };
  return {
    url: `http://${reachableHost(host)}:${boundPort}`,
    port: boundPort,
    stop(drainMs) {
      server.decorator.lifecycle.beginStop();
      deadline = Math.min(deadline, performance.now() + drainMs);
      stopped ??= drain();
      return stopped;
    },
  };
}

function serve(server: Server, host: string, port: number) {
  const { sockets, handler } = server.decorator;
  try {
    return Bun.serve({
      ...SERVE_OPTIONS,
      hostname: host,
      port,
      // Shared, a second server would silently take half of the requests; in development mode, errors show source code.
      reusePort: false,
      development: false,
      fetch: async (request, bun) =>
        handler.settle(await server.fetch(request), request, (upgrade) => sockets.open(upgrade, request, bun)),
      websocket: sockets.handlers(),
      error: (thrown) => errorResponse(toApiError(thrown)),
    });
  } catch (cause) {
    throw explain(cause, host, port);
  }
}

function explain(cause: unknown, host: string, port: number): ListenError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "UNKNOWN";
  const reason = cause instanceof Error ? cause.message : String(cause);
  switch (code) {
    case "EADDRINUSE":
      return new ListenError(
        code,
        `Port ${port} is in use. Another claude-max-api may be running: ask who is there with ` +
          `'curl http://${reachableHost(host)}:${port}/health', stop that one, or choose another port with --port ${nextPort(port)}.`,
        cause,
      );
    case "EACCES":
      return new ListenError(
        code,
        `Port ${port} needs administrator rights. Choose one from 1024 up, for example --port 3456.`,
        cause,
      );
    case "EADDRNOTAVAIL":
      return new ListenError(code, `${host} is not an address of this machine. Check --host.`, cause);
    default:
      return new ListenError(code, `Cannot listen on ${host}, port ${port}: ${reason}`, cause);
  }
}

function nextPort(port: number): number {
  return port < 65_535 ? port + 1 : 3456;
}
