import { errorResponse } from "../api/errors/openai-error.ts";
import { listenAddresses, nearestHost, reachableHost } from "../config/network-names.ts";
import { toApiError } from "../core/error.ts";
import type { Logger } from "../observability/logger.ts";
import { bindAll } from "./bind.ts";
import type { Server } from "./create-server.ts";
import { Descriptors } from "./descriptors.ts";
import { KEPT_SECONDS, SERVE_OPTIONS } from "./limits.ts";
import type { RequestHandler } from "./request-handler.ts";
import type { SocketData } from "./sockets.ts";

type ListenOptions = {
  /** One address, or several. */
  readonly host: string | readonly string[];
  readonly port: number;
  /** Whether something runs that no request waits for; it gets the same time to end. */
  readonly isBusy?: () => boolean;
  /** Called when the time for what runs is over: makes all of it end at once, with an error. */
  readonly endRunning?: () => void;
  readonly logger?: Logger;
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

const DRAIN_POLL_MS = 20;
/** How long requests that were ended may take to tell their clients so. */
const FLUSH_MS = 500;

/** Starts to listen. Throws a ListenError when the port or the address cannot be had. */
export function listen(
  server: Server,
  { host, port, isBusy: runsMore = () => false, endRunning, logger }: ListenOptions,
): Listening {
  const hosts = [host].flat();
  const bound = bindAll({
    addresses: listenAddresses(hosts),
    port,
    bind: (address, wanted) => serve(server, address, wanted),
    onMissing: (address, { code }) => logger?.debug("this machine has no such address", { address, code }),
  });
  const [first] = bound;
  const boundPort = first?.server.port ?? port;
  let deadline = Number.POSITIVE_INFINITY;
  let stopped: Promise<void> | undefined;
  const pending = () => bound.some(({ server: bun }) => bun.pendingRequests > 0);
  const isBusy = () => pending() || server.decorator.sockets.size > 0 || runsMore();
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
    await Promise.all(bound.map(({ server: bun }) => bun.stop(true)));
  };
  return {
    url: `http://${reachableHost(nearestHost(bound.map(({ address }) => address)))}:${boundPort}`,
    port: boundPort,
    stop(drainMs) {
      server.decorator.stopping.abort();
      deadline = Math.min(deadline, performance.now() + drainMs);
      stopped ??= drain();
      return stopped;
    },
  };
}

function serve(server: Server, hostname: string, port: number) {
  const { sockets, handler } = server.decorator;
  const descriptors = new Descriptors(() => bun.closeIdleConnections());
  const fetch = async (request: Request, bun: Bun.Server<SocketData>) => {
    register(handler, request, bun, descriptors);
    return handler.settle(await server.fetch(request), request, (upgrade) => sockets.open(upgrade, request, bun));
  };
  const error = (thrown: unknown) => errorResponse(toApiError(thrown));
  const bun = Bun.serve({
    ...SERVE_OPTIONS,
    hostname,
    port,
    // Shared, a second server would silently take half of the requests; in development mode, errors show source code.
    reusePort: false,
    development: false,
    fetch,
    websocket: sockets.handlers(),
    error,
  });
  // The connections that are open go by what was told last, too.
  sockets.onOtherLimit(() => bun.reload({ fetch, error, websocket: sockets.handlers() }));
  return bun;
}

function register(
  handler: RequestHandler,
  request: Request,
  bun: Bun.Server<SocketData>,
  descriptors: Descriptors,
): void {
  // An answer may be quiet for as long as the model thinks.
  bun.timeout(request, 0);
  handler.register(request, {
    address: bun.requestIP(request)?.address,
    pending: bun.pendingRequests,
    onAnswered: () => {
      bun.timeout(request, KEPT_SECONDS);
      descriptors.noteWaiting();
    },
  });
}
