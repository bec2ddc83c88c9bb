import type { Bound } from "./bind.ts";
import { SERVE_OPTIONS } from "./limits.ts";
import type { SocketData } from "./sockets.ts";
import { TurnAway } from "./turn-away.ts";

type BunServer = Bun.Server<SocketData>;

/** What Bun is told of requests and WebSockets, and may be told anew. */
export type Handlers = {
  readonly fetch: (request: Request, bun: BunServer) => Promise<Response | undefined>;
  readonly error: (thrown: Error) => Response;
  readonly websocket: Bun.WebSocketHandler<SocketData>;
};

type ListenerOptions = {
  readonly address: string;
  /** 0: one that is free. */
  readonly port: number;
  readonly handlers: (listener: Listener) => Handlers;
};

/**
 * What listens at one address. Bun's server takes every connection for as long as it listens. So where no further ones are to be taken it is stopped:
 * what it was asked it answers, and its connections end with that. Meanwhile the port is kept, and another server takes it afterwards.
 */
export class Listener implements Bound {
  readonly port: number;
  readonly #options: ListenerOptions;
  readonly #stopped = new Set<BunServer>();
  #server: BunServer | undefined;
  readonly #turnAway: TurnAway;

  /** Throws where the port cannot be had. */
  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = this.#serve(options.port);
    this.port = this.#server.port ?? options.port;
    this.#turnAway = new TurnAway(options.address, this.port);
    this.#turnAway.reserve();
  }

  get pendingRequests(): number {
    return this.#servers().reduce((sum, { pendingRequests }) => sum + pendingRequests, 0);
  }

  /** Whether further connections are taken. Throws where the port cannot be had again; the next call tries once more. */
  accept(isAccepting: boolean): void {
    const server = this.#server;
    if (isAccepting) {
      if (server === undefined) {
        this.#turnAway.stop();
        this.#server = this.#serve(this.port);
      }
      this.#turnAway.reserve();
      return;
    }
    if (server !== undefined) {
      this.#server = undefined;
      this.#stopped.add(server);
      void server.stop().then(() => this.#stopped.delete(server));
    }
    this.#turnAway.start();
  }

  /** Whether a connection stays open for another request. */
  keepsAlive(server: BunServer): boolean {
    return !this.#stopped.has(server);
  }

  closeIdleConnections(): void {
    for (const server of this.#servers()) server.closeIdleConnections();
  }

  /** Asks for the handlers again; the connections that are open go by them, too. */
  reload(): void {
    for (const server of this.#servers()) server.reload(this.#options.handlers(this));
  }

  /** Closes every connection. */
  async stop(): Promise<void> {
    this.#turnAway.stop();
    await Promise.all(this.#servers().map((server) => server.stop(true)));
  }

  #servers(): BunServer[] {
    return [...this.#stopped, ...(this.#server ? [this.#server] : [])];
  }

  #serve(port: number): BunServer {
    return Bun.serve({
      ...SERVE_OPTIONS,
      hostname: this.#options.address,
      port,
      // Shared, a second server would silently take half of the requests; in development mode, errors show source code.
      reusePort: false,
      development: false,
      ...this.#options.handlers(this),
    });
  }
}
