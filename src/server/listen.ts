import type { UpgradeResponse } from "../api/answer/socket.ts";
import { errorResponse } from "../api/errors/openai-error.ts";
import { listenAddresses, nearestHost, reachableHost } from "../config/network-names.ts";
import { reasonOf, toApiError } from "../core/error.ts";
import type { Logger } from "../observability/logger.ts";
import { bindAll } from "./bind.ts";
import { type ConnectionBounds, ConnectionWatch } from "./connections.ts";
import type { Server } from "./create-server.ts";
import { KEPT_SECONDS } from "./limits.ts";
import { type Handlers, Listener } from "./listener.ts";

type ListenOptions = {
  /** One address, or several. */
  readonly host: string | readonly string[];
  readonly port: number;
  /** Whether something runs that no request waits for; it gets the same time to end. */
  readonly isBusy?: () => boolean;
  /** Called when the time for what runs is over: makes all of it end at once, with an error. */
  readonly endRunning?: () => void;
  readonly logger?: Logger | undefined;
  /** Of the connections that are open. */
  readonly bounds?: ConnectionBounds | undefined;
};

export type Listening = ReturnType<typeof listen>;

const DRAIN_POLL_MS = 20;
/** How long requests that were ended may take to tell their clients so. */
const FLUSH_MS = 500;

/** Starts to listen. Throws a ListenError when the port or the address cannot be had. */
export function listen(
  server: Server,
  { host, port, isBusy: runsMore = () => false, endRunning, logger, bounds = {} }: ListenOptions,
) {
  const { sockets, stopping } = server.decorator;
  const listeners: Listener[] = [];
  const pending = () => listeners.reduce((sum, { pendingRequests }) => sum + pendingRequests, 0);
  const bound = bindAll({
    addresses: listenAddresses([host].flat()),
    port,
    bind: (address, wanted) =>
      new Listener({ address, port: wanted, handlers: (listener) => handlersOf(server, listener, pending) }),
    onMissing: (address, { code }) => logger?.debug("this machine has no such address", { address, code }),
  });
  listeners.push(...bound.map(({ server: listener }) => listener));
  const boundPort = listeners[0]?.port ?? port;
  sockets.onOtherLimit = () => {
    for (const listener of listeners) listener.reload();
  };
  const watch = watchConnections(listeners, bounds, logger);
  let deadline = Number.POSITIVE_INFINITY;
  let stopped: Promise<void> | undefined;
  const isBusy = () => pending() > 0 || sockets.size > 0 || runsMore();
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
    await Promise.all(listeners.map((listener) => listener.stop()));
  };
  return {
    /** Where the server is, as the user of this machine reaches it. */
    url: `http://${reachableHost(nearestHost(bound.map(({ address }) => address)))}:${boundPort}`,
    port: boundPort,
    /**
     * Refuses new requests, waits up to `drainMs` for what runs, ends what still runs then, and closes every connection.
     * Called again, it cuts the waiting short to the new `drainMs`.
     */
    stop(drainMs: number): Promise<void> {
      stopping.abort();
      watch.stop();
      deadline = Math.min(deadline, performance.now() + drainMs);
      stopped ??= drain();
      return stopped;
    },
  };
}

/** `pending`: how many requests are under way at all addresses. */
function handlersOf(server: Server, listener: Listener, pending: () => number): Handlers {
  const { sockets, handler } = server.decorator;
  return {
    async fetch(request, bun) {
      // An answer may be quiet for as long as the model thinks.
      bun.timeout(request, 0);
      handler.register(request, {
        address: bun.requestIP(request)?.address,
        pending: pending(),
        onAnswered: () => bun.timeout(request, KEPT_SECONDS),
      });
      const open = (upgrade: UpgradeResponse) => sockets.open(upgrade, request, bun);
      const response = handler.settle(await server.fetch(request), request, open);
      if (!listener.keepsAlive(bun)) response?.headers.set("connection", "close");
      return response;
    },
    error: (thrown) => errorResponse(toApiError(thrown)),
    websocket: sockets.handlers(),
  };
}

function watchConnections(listeners: readonly Listener[], bounds: ConnectionBounds, logger?: Logger): ConnectionWatch {
  let wasAccepting = true;
  return new ConnectionWatch(bounds, {
    relieve() {
      for (const listener of listeners) listener.closeIdleConnections();
    },
    accept(isAccepting) {
      if (isAccepting !== wasAccepting) {
        logger?.warn(isAccepting ? "connections are taken again" : "no connection is taken: too many are open");
      }
      wasAccepting = isAccepting;
      for (const listener of listeners) {
        try {
          listener.accept(isAccepting);
        } catch (error) {
          logger?.warn("the port cannot be listened at yet", { reason: reasonOf(error) });
        }
      }
    },
  });
}
