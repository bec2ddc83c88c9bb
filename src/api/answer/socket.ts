import type { ApiError } from "../../core/error.ts";
import type { TurnRecord } from "../../core/turn-record.ts";

/** A WebSocket, as the server gives it to whoever speaks on it. */
export interface SocketConnection {
  /** Sends a text frame, once what was sent before has gone out; on a connection that is closed, nothing happens. */
  send(text: string): Promise<void>;
  close(code: number, reason: string): void;
  /** Tells the log of something that was answered. */
  report(answered: Answered): void;
}

export type Answered = {
  /** What was asked, as the log names it. */
  readonly what: string;
  readonly ms: number;
  readonly error?: ApiError;
  /** What the model was asked for it. */
  readonly turns?: readonly TurnRecord[];
};

/** What is spoken on one WebSocket. */
export interface SocketSession {
  /** A message has come; `read` resolves with its JSON, or rejects with an ApiError. */
  receive(read: () => Promise<unknown>): void;
  /** The server is going down: nothing more is begun, and the connection closes when what runs has ended. */
  stop(): void;
  /** The connection is gone. */
  closed(): void;
}

/** A route's answer that makes the request a WebSocket. The server then begins the session, with the headers of this. */
export class UpgradeResponse extends Response {
  readonly begin: (connection: SocketConnection) => SocketSession;

  constructor(begin: (connection: SocketConnection) => SocketSession) {
    super(null, { status: 101 });
    this.begin = begin;
  }
}

export function asksForWebSocket({ headers }: Request): boolean {
  return headers.get("upgrade")?.toLowerCase() === "websocket";
}
