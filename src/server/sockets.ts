import type { Answered, SocketConnection, SocketSession, UpgradeResponse } from "../api/answer/socket.ts";
import { ApiError } from "../core/error.ts";
import type { Logger } from "../observability/logger.ts";
import { readJson } from "./body/read-body.ts";
import { MAX_SOCKETS, maxMessageBytes, SOCKET_OPTIONS } from "./limits.ts";
import { logInternalError, turnFields } from "./request-log.ts";

/** What Bun keeps with each WebSocket. */
export type SocketData = {
  readonly begin: UpgradeResponse["begin"];
  /** The id of the request that opened it. */
  readonly request: string;
  connection?: Connection;
  session?: SocketSession;
};

/** RFC 6455, section 4.1: 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;
const VERSION = "13";

type Socket = Bun.ServerWebSocket<SocketData>;

/** The WebSockets that are open. A request has passed every check of the server before it becomes one. */
export class Sockets {
  readonly #logger: Logger;
  readonly #stopping: AbortSignal;
  readonly #open = new Set<Socket>();
  #messageBytes = maxMessageBytes(1);

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

  /** Called when `handlers` are to be told to Bun again. */
  onOtherLimit = () => {};

  /** Makes the request a WebSocket. Throws an ApiError for one that cannot become one. */
  open({ begin, headers }: UpgradeResponse, request: Request, server: Bun.Server<SocketData>): void {
    checkHandshake(request);
    if (this.#open.size >= MAX_SOCKETS) {
      const advice = "Close one, or send requests with POST";
      throw new ApiError(
        "queue_full",
        `${MAX_SOCKETS} WebSockets are open, which is as many as there may be. ${advice}.`,
      );
    }
    const data = { begin, request: headers.get("x-request-id") ?? "" };
    if (server.upgrade(request, { data, headers })) return;
    throw new ApiError(
      "invalid_request",
      "The request to open a WebSocket lacks one of its headers, or its client left.",
    );
  }

  /** What Bun is told. */
  handlers(): Bun.WebSocketHandler<SocketData> {
    return {
      ...SOCKET_OPTIONS,
      maxPayloadLength: this.#messageBytes,
      open: (socket) => {
        this.#open.add(socket);
        this.#shareOut();
        const connection = new Connection(socket, this.#logger);
        socket.data.connection = connection;
        socket.data.session = socket.data.begin(connection);
        if (this.#stopping.aborted) socket.data.session.stop();
      },
      message: ({ data }, message) => {
        const bytes = Buffer.from(message);
        data.session?.receive(() => readJson(bytes, "The message"));
      },
      drain: ({ data }) => data.connection?.resume(),
      close: (socket) => {
        this.#open.delete(socket);
        this.#shareOut();
        socket.data.connection?.resume();
        socket.data.session?.closed();
      },
    };
  }

  #shareOut(): void {
    const bytes = maxMessageBytes(this.#open.size);
    if (bytes === this.#messageBytes) return;
    this.#messageBytes = bytes;
    this.onOtherLimit();
  }
}

/** What Bun would answer by itself, without an envelope. */
function checkHandshake({ method, headers }: Request): void {
  if (method !== "GET") throw new ApiError("upgrade_required", `A WebSocket is opened with GET, not with ${method}.`);
  if (headers.get("sec-websocket-version") !== VERSION) {
    throw new ApiError(
      "upgrade_required",
      `A WebSocket is opened with the header 'Sec-WebSocket-Version: ${VERSION}'.`,
    );
  }
  if (!KEY.test(headers.get("sec-websocket-key") ?? "")) {
    const wanted = "expected 16 bytes in base64, which the client makes up for each connection";
    throw new ApiError("invalid_request", `Missing or invalid header 'Sec-WebSocket-Key': ${wanted}.`);
  }
}

/** Frames that may wait for a reader. Answers wait one by one; so many can only be replies to what a client does not stop sending. */
const MOST_WAITING = 1000;
/** RFC 6455, section 7.4.1. */
const POLICY_VIOLATION = 1008;

class Connection implements SocketConnection {
  readonly #socket: Socket;
  readonly #logger: Logger;
  /** Until what waits has gone out. */
  #full: PromiseWithResolvers<void> | undefined;
  #waiting = 0;

  constructor(socket: Socket, logger: Logger) {
    this.#socket = socket;
    this.#logger = logger;
  }

  async send(text: string): Promise<void> {
    if (this.#waiting >= MOST_WAITING) this.close(POLICY_VIOLATION, "Messages are sent, but their answers not read.");
    this.#waiting++;
    while (this.#full) await this.#full.promise;
    this.#waiting--;
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const isWaiting = this.#socket.send(text) === -1;
    if (isWaiting) this.#full = Promise.withResolvers();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  report({ what, ms, error, turns = [] }: Answered): void {
    const { request } = this.#socket.data;
    if (error) logInternalError(error, { id: request }, this.#logger);
    this.#logger.info("request", {
      method: "WebSocket",
      path: what,
      ms: Math.round(ms),
      request,
      error: error?.code,
      ...turnFields(turns),
    });
  }

  /** What was sent has gone out. */
  resume(): void {
    const full = this.#full;
    this.#full = undefined;
    full?.resolve();
  }
}
