import { errorResponse } from "../api/openai-error.ts";
import { type Answered, type SocketConnection, type SocketSession, UpgradeResponse } from "../api/socket.ts";
import { ApiError } from "../core/error.ts";
import type { Logger } from "../observability/logger.ts";
import { logInternalError } from "./errors.ts";
import { SOCKET_OPTIONS } from "./limits.ts";
import { parseJsonBytes } from "./read-body.ts";

/** What Bun keeps with each WebSocket. */
export type SocketData = {
  readonly begin: UpgradeResponse["begin"];
  /** The id of the request that opened it. */
  readonly request: string;
  connection?: Connection;
  session?: SocketSession;
};

type Socket = Bun.ServerWebSocket<SocketData>;

/** The WebSockets that are open. A request has passed every check of the server before it becomes one. */
export class Sockets {
  readonly #logger: Logger;
  readonly #stopping: AbortSignal;
  readonly #open = new Set<Socket>();

  constructor(logger: Logger, stopping: AbortSignal) {
    this.#logger = logger;
    this.#stopping = stopping;
    stopping.addEventListener("abort", () => {
      for (const { data } of this.#open) data.session?.stop();
    });
  }

  /** How many there are. */
  get size(): number {
    return this.#open.size;
  }

  /** The response of a request; undefined when that has become a WebSocket. */
  upgrade(response: Response, request: Request, server: Bun.Server<SocketData>): Response | undefined {
    if (!(response instanceof UpgradeResponse)) return response;
    const data = { begin: response.begin, request: response.headers.get("x-request-id") ?? "" };
    if (server.upgrade(request, { data, headers: response.headers })) return undefined;
    return errorResponse(new ApiError("invalid_request", "The request to open a WebSocket lacks one of its headers."));
  }

  /** What Bun is told. */
  handlers(): Bun.WebSocketHandler<SocketData> {
    return {
      ...SOCKET_OPTIONS,
      open: (socket) => {
        this.#open.add(socket);
        const connection = new Connection(socket, this.#logger);
        socket.data.connection = connection;
        socket.data.session = socket.data.begin(connection);
        if (this.#stopping.aborted) socket.data.session.stop();
      },
      message: ({ data }, message) => data.session?.receive(() => parseJsonBytes(Buffer.from(message))),
      drain: ({ data }) => data.connection?.resume(),
      close: (socket) => {
        this.#open.delete(socket);
        socket.data.connection?.resume();
        socket.data.session?.closed();
      },
    };
  }
}

/** Frames that may wait for a reader. Answers wait one by one; so many can only be replies to what a client does not stop sending. */
const MOST_WAITING = 1000;
/** RFC 6455, section 7.4.1. */
const POLICY_VIOLATION = 1008;

class Connection implements SocketConnection {
  readonly #socket: Socket;
  readonly #logger: Logger;
  #room: Promise<void> | undefined;
  #madeRoom: (() => void) | undefined;
  #waiting = 0;

  constructor(socket: Socket, logger: Logger) {
    this.#socket = socket;
    this.#logger = logger;
  }

  async send(text: string): Promise<void> {
    if (this.#waiting >= MOST_WAITING) this.close(POLICY_VIOLATION, "Messages are sent, but their answers not read.");
    this.#waiting++;
    while (this.#room) await this.#room;
    this.#waiting--;
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const isWaiting = this.#socket.send(text) === -1;
    if (!isWaiting) return;
    this.#room = new Promise((resolve) => {
      this.#madeRoom = resolve;
    });
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  report({ what, ms, error }: Answered): void {
    const { request } = this.#socket.data;
    if (error) logInternalError(error, { id: request }, this.#logger);
    this.#logger.info("request", { method: "WebSocket", path: what, ms: Math.round(ms), request, error: error?.code });
  }

  /** What was sent has gone out. */
  resume(): void {
    this.#room = undefined;
    this.#madeRoom?.();
  }
}
