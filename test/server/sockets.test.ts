import { afterEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { Elysia } from "elysia";
import { type SocketConnection, type SocketSession, UpgradeResponse } from "../../src/api/answer/socket.ts";
import { toApiError } from "../../src/core/error.ts";
import { MAX_BODY_BYTES, MAX_SOCKETS } from "../../src/server/limits.ts";
import { openSocket, type TestSocket } from "../support/socket.ts";
import { until } from "../support/wait.ts";
import { errorOf, head, sendRaw, startServer, type TestServer } from "./harness.ts";

const running: TestServer[] = [];
const sockets: TestSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await Promise.all(running.splice(0).map((server) => server.stop(0)));
});

/** Answers each message with itself, and notes what it is told. */
class Echo implements SocketSession {
  readonly noted: string[];
  readonly connection: SocketConnection;

  constructor(connection: SocketConnection, noted: string[]) {
    this.connection = connection;
    this.noted = noted;
    noted.push("opened");
  }
  async receive(read: () => Promise<unknown>): Promise<void> {
    try {
      const said = await read();
      const isLong = typeof said === "string" && said.length > 100;
      void this.connection.send(JSON.stringify({ type: "echo", said: isLong ? said.length : said }));
    } catch (thrown) {
      const error = toApiError(thrown);
      this.connection.report({ what: "echo", ms: 1, error });
      void this.connection.send(JSON.stringify({ type: "error", message: error.message }));
    }
  }
  stop(): void {
    this.noted.push("stop");
  }
  closed(): void {
    this.noted.push("closed");
  }
}

function start(config: Parameters<typeof startServer>[0] = {}) {
  const noted: string[] = [];
  const connections: SocketConnection[] = [];
  const route = new Elysia().get("/v1/responses", () => {
    return new UpgradeResponse((connection) => {
      connections.push(connection);
      return new Echo(connection, noted);
    });
  });
  const server = startServer({ ...config, routes: [route] });
  running.push(server);
  const open = async (headers: Record<string, string> = {}) => {
    const socket = await openSocket(server.url, headers);
    sockets.push(socket);
    return socket;
  };
  return { server, noted, connections, open };
}

const ASKING = ["Connection: Upgrade", "Upgrade: websocket"];
const VERSION = "Sec-WebSocket-Version: 13";
const UPGRADE = [...ASKING, VERSION];
const KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

describe("no WebSocket is opened", () => {
  const config = { apiKeys: ["secret"], allowedOrigins: ["http://app.example"] };
  const key = "Authorization: Bearer secret";
  const cases: [string, string[], number][] = [
    ["by a foreign page", ["Host: localhost", key, "Origin: https://evil.example"], 403],
    ["by a page of another port of this machine", ["Host: localhost", key, "Origin: http://localhost:3000"], 403],
    ["by a sandboxed page", ["Host: localhost", key, "Origin: null"], 403],
    ["by what a browser calls cross-site", ["Host: localhost", key, "Sec-Fetch-Site: cross-site"], 403],
    ["without the key", ["Host: localhost"], 401],
    ["with a wrong key", ["Host: localhost", "Authorization: Bearer guess"], 401],
  ];
  test.each(cases)("%s", async (_, headers, status) => {
    const { server, noted } = start({ config });
    const response = await sendRaw(server.port, head("GET /v1/responses HTTP/1.1", ...headers, ...UPGRADE, KEY));
    expect(response.status).toBe(status);
    expect(noted).toEqual([]);
  });

  test("under a foreign name, where no key is wanted", async () => {
    const { server, noted } = start({ config: { allowedOrigins: [] } });
    const asked = head("GET /v1/responses HTTP/1.1", "Host: evil.example", ...UPGRADE, KEY);
    expect((await sendRaw(server.port, asked)).status).toBe(403);
    expect(noted).toEqual([]);
  });

  const handshakes: [string, string, string[], number, string][] = [
    ["without its key", "GET", [VERSION], 400, "Sec-WebSocket-Key"],
    ["with a key that is none", "GET", [VERSION, "Sec-WebSocket-Key: abc"], 400, "Sec-WebSocket-Key"],
    ["by another version of the protocol", "GET", ["Sec-WebSocket-Version: 8", KEY], 426, "Sec-WebSocket-Version: 13"],
    ["without the version of the protocol", "GET", [KEY], 426, "Sec-WebSocket-Version: 13"],
    ["by another method", "HEAD", [VERSION, KEY], 426, ""],
  ];
  test.each(handshakes)("%s: the error is told and logged like every other", async (_, method, own, status, named) => {
    const { server, noted } = start();
    const lines = [`${method} /v1/responses HTTP/1.1`, "Host: localhost", ...ASKING, ...own];
    const response = await sendRaw(server.port, head(...lines));
    expect(response.status).toBe(status);
    expect(response.headers.get("x-request-id")).toStartWith("req_");
    expect(response.headers.get("sec-websocket-version")).toBe(status === 426 ? "13" : undefined);
    if (method !== "HEAD") expect(errorOf(response).message).toContain(named);
    expect(noted).toEqual([]);
    const line = server.log.find((line) => line.includes("path=/v1/responses")) ?? "";
    expect(line).toContain(`method=${method} `);
    expect(line).toContain(`status=${status}`);
  });

  test("beyond as many as there may be, until one is closed", async () => {
    const { server, open } = start();
    const opened = await Promise.allSettled(Array.from({ length: MAX_SOCKETS + 6 }, () => open()));
    expect(opened.filter(({ status }) => status === "fulfilled")).toHaveLength(MAX_SOCKETS);
    const lines = ["GET /v1/responses HTTP/1.1", "Host: localhost", ...ASKING, VERSION, KEY];
    const refused = await sendRaw(server.port, head(...lines));
    expect([refused.status, errorOf(refused).code]).toEqual([429, "queue_full"]);
    sockets[0]?.close();
    await sockets[0]?.closed;
    await open();
  });

  test("once the server is going down", async () => {
    const { server, open } = start();
    await open();
    const stopped = server.stop(5000);
    expect(await openSocket(server.url).catch(String)).toContain("was not opened");
    for (const socket of sockets) socket.close();
    await stopped;
  });
});

test("a program with the key, and an allowed page, open one and are answered", async () => {
  const { server, open } = start({ config: { apiKeys: ["secret"], allowedOrigins: ["http://app.example"] } });
  for (const origin of [undefined, "http://app.example", server.url]) {
    const socket = await open({ Authorization: "Bearer secret", ...(origin ? { Origin: origin } : {}) });
    socket.send({ a: 1 });
    expect(await socket.next(() => true)).toMatchObject({ type: "echo", said: { a: 1 } });
  }
  expect(server.log.filter((line) => line.includes("status=101"))).toHaveLength(3);
});

/** The beginning of a text frame of that length, whose mask of zeros leaves the payload as it is. */
function frameHead(length: number): Buffer {
  const frame = Buffer.from([0x81, 0xff, ...Array(12).fill(0)]);
  frame.writeBigUInt64BE(BigInt(length), 2);
  return frame;
}

test("a message may be larger than Bun has it, but no larger than a body: the connection is closed then", async () => {
  const { server, noted } = start();
  const socket = connect(server.port, "127.0.0.1");
  socket.on("error", () => {});
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
  });
  const gone = once(socket, "close");
  socket.write(head("GET /v1/responses HTTP/1.1", "Host: localhost", ...UPGRADE, KEY));
  await until(() => noted.includes("opened"), "the connection is open");
  const length = 17 * 1024 * 1024;
  socket.write(frameHead(length + 2));
  socket.write(`"${"x".repeat(length)}"`);
  await until(() => received.includes(`"said":${length}`), "the message is answered");
  socket.write(frameHead(MAX_BODY_BYTES + 1));
  await gone;
  expect(noted).toEqual(["opened", "closed"]);
});

test("what is no JSON is for the session to answer, and told to the log without its text", async () => {
  const { server, open } = start();
  const socket = await open();
  socket.send("{secret");
  expect(await socket.next(() => true)).toMatchObject({ type: "error" });
  const line = server.log.find((line) => line.includes("method=WebSocket")) ?? "";
  expect(line).toContain("error=invalid_request");
  expect(line).not.toContain("secret");
});

test("what is sent waits for a reader that is slow, and all of it arrives in its order", async () => {
  const { connections, open } = start();
  const socket = await open();
  const big = "x".repeat(1024 * 1024);
  const send = async () => {
    for (let number = 0; number < 20; number++)
      await connections[0]?.send(JSON.stringify({ type: "part", number, big }));
    await connections[0]?.send(JSON.stringify({ type: "end" }));
  };
  await Promise.all([send(), socket.next(({ type }) => type === "end")]);
  const parts = socket.events.filter(({ type }) => type === "part");
  expect(parts.map((part) => "number" in part && part.number)).toEqual([...Array(20).keys()]);
});

test("a client that goes on asking and never reads is closed", async () => {
  const { server, connections, noted } = start();
  const socket = connect(server.port, "127.0.0.1");
  socket.on("error", () => {});
  socket.pause();
  socket.write(head("GET /v1/responses HTTP/1.1", "Host: localhost", ...UPGRADE, KEY));
  await until(() => noted.includes("opened"), "the connection is open");
  const [connection] = connections;
  const big = JSON.stringify("x".repeat(1024 * 1024));
  const sent = Array.from({ length: 1100 }, () => connection?.send(big));
  await until(() => noted.includes("closed"), "the session is told");
  await Promise.all(sent);
  socket.destroy();
});

test("sending on a connection that is gone does nothing", async () => {
  const { connections, open, noted } = start();
  (await open()).close();
  await until(() => noted.includes("closed"), "the session is told");
  await connections[0]?.send("{}");
  expect(noted).toEqual(["opened", "closed"]);
});

test("a server that stops tells the sessions, waits for them, and then closes what is open", async () => {
  const { server, open, noted } = start();
  const [first, second] = [await open(), await open()];
  const stopped = server.stop(60_000);
  await until(() => noted.filter((word) => word === "stop").length === 2, "both are told");
  first.send("1");
  expect((await first.next(() => true)).type).toBe("echo");
  first.close();
  second.close();
  await stopped;

  const another = start();
  const socket = await another.open();
  await another.server.stop(0);
  expect((await socket.closed).code).toBeGreaterThan(1000);
});
