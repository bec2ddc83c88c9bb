import { closeSync, openSync } from "node:fs";
import { anthropicErrorBody, isAnthropicRequest } from "../api/errors/anthropic-error.ts";
import { errorResponse } from "../api/errors/openai-error.ts";
import { ApiError } from "../core/error.ts";

/** Of those that are open at once; further ones are closed without an answer. */
const MOST = 4;
/** Descriptors that are kept for it: of the port, of these, and of one more. With none left Bun would try to take the next one without a pause. */
const RESERVED = 1 + MOST + 1;
/** So long one may take to ask, and to read the answer. */
const PATIENCE_MS = 1000;

type Socket = Bun.Socket<undefined>;

/**
 * Has a port while its server takes no further connection. Who asks is answered with 429, and is gone at once. No other program gets the port meanwhile,
 * and with it the keys and prompts that are sent there.
 */
export class TurnAway {
  readonly #address: string;
  readonly #port: number;
  readonly #open = new Map<Socket, Timer>();
  readonly #reserved: number[] = [];
  #listener: Bun.TCPSocketListener<undefined> | undefined;

  constructor(address: string, port: number) {
    this.#address = address;
    this.#port = port;
  }

  /** Keeps the descriptors that it will need, as far as there are some; Windows has no such limit. */
  reserve(): void {
    if (process.platform === "win32") return;
    try {
      while (this.#reserved.length < RESERVED) this.#reserved.push(openSync("/dev/null", "r"));
    } catch {
      // There are no more: what is kept must do.
    }
  }

  /** Takes the port. Throws where it cannot be had. */
  start(): void {
    if (this.#listener !== undefined) return;
    this.#release();
    const answered = new WeakSet<Socket>();
    this.#listener = Bun.listen<undefined>({
      hostname: this.#address,
      port: this.#port,
      socket: {
        open: (socket) => {
          if (this.#open.size >= MOST) {
            socket.terminate();
            return;
          }
          const timer = setTimeout(() => socket.terminate(), PATIENCE_MS);
          this.#open.set(socket, timer);
        },
        data: async (socket, bytes) => {
          if (answered.has(socket)) return;
          answered.add(socket);
          socket.write(await refusal(bytes.toString("latin1")));
          socket.shutdown();
        },
        close: (socket) => {
          clearTimeout(this.#open.get(socket));
          this.#open.delete(socket);
        },
        error() {},
      },
    });
  }

  /** Gives the port back, and closes what is open. */
  stop(): void {
    this.#release();
    this.#listener?.stop(true);
    this.#listener = undefined;
  }

  #release(): void {
    for (const descriptor of this.#reserved.splice(0)) closeSync(descriptor);
  }
}

/** The whole response, in the envelope of the dialect that the head of a request is in. */
async function refusal(head: string): Promise<string> {
  const [, path = "/"] = /^\S+ ([^\s?]+)/.exec(head) ?? [];
  const [, version] = /\r\nanthropic-version: *([\w-]+)/i.exec(head) ?? [];
  const headers = new Headers(version === undefined ? {} : { "anthropic-version": version });
  const message = "As many connections are open as there may be. Try again in a moment.";
  const error = new ApiError("queue_full", message, { retryAfterSeconds: 5 });
  const envelope = isAnthropicRequest(path, headers) ? { body: anthropicErrorBody(error, null) } : {};
  const response = errorResponse(error, { ...envelope, headers: { connection: "close", "cache-control": "no-store" } });
  const body = await response.text();
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${response.status} Too Many Requests\r\n${lines.join("")}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
