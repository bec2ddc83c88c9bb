import { connect, type Socket } from "node:net";
import { type AnyElysia, Elysia } from "elysia";
import Type from "typebox";
import { standardSchema } from "../../src/api/validation/standard-schema.ts";
import type { Backend, BackendHealth, Model, PlanLimits, Unmet } from "../../src/core/backend.ts";
import { ApiError } from "../../src/core/error.ts";
import { Logger } from "../../src/observability/logger.ts";
import type { ConnectionBounds } from "../../src/server/connections.ts";
import { createServer, type ServerParts } from "../../src/server/create-server.ts";
import { type Listening, listen } from "../../src/server/listen.ts";

import type { RequestHandler } from "../../src/server/request-handler.ts";
import { FACTS, modelAmong } from "../support/models.ts";

const IDLE = { starting: 0, ready: 1, busy: 0, parked: 0, queued: 0 };

/** A backend without processes, whose state a test sets. */
export class FakeBackend implements Backend {
  state: BackendHealth = { status: "ok", workers: IDLE };
  list: readonly Model[] = [
    { id: "claude-opus-4", displayName: "Claude Opus 4", facts: FACTS },
    { id: "claude-haiku-4", displayName: "Claude Haiku 4", facts: FACTS },
  ];

  async *run() {
    yield { type: "error", error: new ApiError("internal_error", "not in these tests") } as const;
  }
  countTokens(): Promise<never> {
    return Promise.reject(new ApiError("internal_error", "not in these tests"));
  }
  check(): void {}
  checkModel(): void {}
  unmet(): readonly Unmet[] {
    return [];
  }
  models(): readonly Model[] {
    return this.list;
  }
  model(name: string): Model {
    return modelAmong(this.list, name);
  }
  plan: PlanLimits = { windows: {}, rejections: [] };
  limits(): PlanLimits {
    return this.plan;
  }
  health(): BackendHealth {
    return this.state;
  }
}

export type TestServer = Listening & {
  readonly backend: FakeBackend;
  readonly log: string[];
  readonly handler: RequestHandler;
  /** Bodies that reached the route which stands for spending the subscription. */
  readonly spent: unknown[];
};

type Overrides = {
  readonly config?: Partial<ServerParts["config"]>;
  readonly routes?: readonly AnyElysia[];
  readonly isBusy?: () => boolean;
  readonly endRunning?: () => void;
  readonly page?: ServerParts["page"];
  readonly bounds?: ConnectionBounds;
};

/** A server that really listens, on a port of its own, with one route to attack: POST /v1/spend. */
export function startServer({ config, routes = [], isBusy, endRunning, page, bounds }: Overrides = {}): TestServer {
  const backend = new FakeBackend();
  const log: string[] = [];
  const logger = new Logger("info", (line) => log.push(line));
  const spent: unknown[] = [];
  const spend = new Elysia()
    .post("/v1/spend", ({ body }) => {
      spent.push(body);
      return { spent: true };
    })
    .post("/v1/checked", ({ body }) => body, {
      body: standardSchema(Type.Object({ messages: Type.Array(Type.Object({ content: Type.String() })) })),
    })
    .get("/v1/broken", () => {
      throw new Error("ENOENT: no such file /home/someone/.secret");
    });
  const server = createServer({
    config: { allowedHosts: [], allowedOrigins: [], apiKeys: [], demo: false, ...config },
    backend,
    logger,
    routes: [spend, ...routes],
    version: "1.2.3",
    page,
  });
  // On loopback whatever `config.host` says: that one is what the checks are told.
  return {
    ...listen(server, { host: "127.0.0.1", port: 0, isBusy, endRunning, bounds, logger }),
    handler: server.decorator.handler,
    backend,
    log,
    spent,
  };
}

export type RawResponse = {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
};

/** Sends exactly these bytes and reads one response, to its content-length or to the end of the connection. */
export function sendRaw(port: number, bytes: string | Uint8Array): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, "127.0.0.1");
    const isHead = typeof bytes === "string" && bytes.startsWith("HEAD ");
    let received = Buffer.alloc(0);
    const finish = (closed: boolean) => {
      const response = parseResponse(received.toString("latin1"), closed || isHead);
      if (response) {
        socket.destroy();
        resolve(response);
      } else if (closed) reject(new Error(`closed without a response: ${JSON.stringify(received.toString())}`));
    };
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      finish(false);
    });
    socket.on("error", () => {});
    socket.on("close", () => finish(true));
    socket.write(bytes);
  });
}

function parseResponse(text: string, closed: boolean): RawResponse | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [statusLine = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const status = Number(statusLine.split(" ")[1]);
  const body = text.slice(end + 4);
  if (status === 100) return parseResponse(body, closed);
  const length = headers.get("content-length");
  const whole = status === 204 || (length !== undefined && body.length >= Number(length));
  return whole || closed ? { status, headers, body } : undefined;
}

/** The request lines and headers of a raw request, as one text. */
export function head(...lines: string[]): string {
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** A raw POST of a JSON text to the route that spends. */
export function post(port: number, body: string, ...headers: string[]): string {
  return (
    head(
      "POST /v1/spend HTTP/1.1",
      `Host: 127.0.0.1:${port}`,
      ...(headers.some((line) => /^content-type:/i.test(line)) ? [] : ["Content-Type: application/json"]),
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...headers,
    ) + body
  );
}

/** The code in an OpenAI error envelope, which has to have all four keys. */
export function errorOf(response: { readonly body: string }): {
  message: string;
  code: string | null;
  param: string | null;
} {
  const parsed: unknown = JSON.parse(response.body);
  if (!isErrorBody(parsed)) throw new Error(`no error envelope: ${response.body}`);
  return parsed.error;
}

function isErrorBody(
  value: unknown,
): value is { error: { message: string; code: string | null; param: string | null } } {
  if (typeof value !== "object" || value === null || !("error" in value)) return false;
  const { error } = value;
  return (
    typeof error === "object" &&
    error !== null &&
    ["message", "type", "param", "code"].every((key) => key in error) &&
    "message" in error &&
    typeof error.message === "string"
  );
}
