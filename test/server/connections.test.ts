import { afterEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { Elysia } from "elysia";
import { UpgradeResponse } from "../../src/api/answer/socket.ts";
import { ConnectionWatch } from "../../src/server/connections.ts";
import { openSocket, type TestSocket } from "../support/socket.ts";
import { until } from "../support/wait.ts";
import { errorOf, head, sendRaw, startServer, type TestServer } from "./harness.ts";

const servers: TestServer[] = [];
const clients: Socket[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(servers.splice(0).map((server) => server.stop(0)));
});

/** What comes of the first look at so many descriptors, of which relief frees 30: whether it was needed, and whether further connections are taken. */
async function look(limit: number | undefined, inUse: number) {
  let open = inUse;
  const told = Promise.withResolvers<boolean>();
  const bounds = { count: { limit: () => limit, open: () => open }, most: 2000, lookEveryMs: 1 };
  const watch = new ConnectionWatch(bounds, { relieve: () => (open -= 30), accept: told.resolve });
  const isAccepting = await told.promise;
  watch.stop();
  return [limit, inUse, open < inUse, isAccepting];
}

test("connections that wait are closed while less than half of few, or 64 of many, descriptors are free; none is taken below an eighth, or 16", async () => {
  const cases: [number | undefined, number, boolean, boolean][] = [
    [64, 32, false, true],
    [64, 33, true, true],
    [64, 86, true, true],
    [64, 87, true, false],
    [1024, 960, false, true],
    [1024, 961, true, true],
    [1024, 1038, true, true],
    [1024, 1039, true, false],
    [100_000, 2000, false, true],
    [undefined, 2000, false, true],
    [undefined, 2030, true, true],
    [undefined, 2031, true, false],
  ];
  expect(await Promise.all(cases.map(([limit, inUse]) => look(limit, inUse)))).toEqual(cases);
});

test("where there is no descriptor left to look with, no connection is taken; where the system never told, all are", async () => {
  const said: boolean[] = [];
  let looks = 0;
  const watch = (worksAtFirst: boolean) => {
    const open = () => {
      looks++;
      if (worksAtFirst && looks === 1) return 5;
      throw new Error("EMFILE");
    };
    const bounds = { count: { limit: () => 1024, open }, lookEveryMs: 1 };
    return new ConnectionWatch(bounds, { relieve() {}, accept: (isAccepting) => void said.push(isAccepting) });
  };
  const failing = watch(true);
  await until(() => said.length > 0, "a look");
  failing.stop();
  expect(new Set(said)).toEqual(new Set([false]));
  looks = 0;
  watch(false).stop();
  expect(looks).toBe(1);
});

const MANY = 150;

/** Each connection is two descriptors here, since both of its ends are this process's. */
describe.skipIf(process.platform === "win32")("beyond as many connections as there may be", () => {
  const open = async (port: number, text = "") => {
    const client = connect(port, "127.0.0.1");
    client.on("error", () => {});
    clients.push(client);
    await once(client, "connect");
    client.write(text);
    return client;
  };
  const openMany = (port: number, count: number, text?: string) =>
    Promise.all(Array.from({ length: count }, () => open(port, text)));
  const echoes = async (socket: TestSocket) => {
    socket.send({ still: "open" });
    return (await socket.next(() => true)).type === "echo";
  };
  const descriptors = () => readdirSync("/dev/fd").length;
  const isRefused = (port: number) =>
    new Promise<boolean>((resolve) => {
      const client = connect(port, "127.0.0.1", () => resolve(false)).on("error", () => resolve(true));
      client.on("close", () => client.destroy());
      clients.push(client);
    });

  /** A server that takes 100 connections, with a request that waits and a WebSocket. */
  async function start() {
    const [asked, release] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
    const slow = new Elysia().get("/v1/slow", () => {
      asked.resolve();
      return release.promise;
    });
    const echo = new Elysia().get(
      "/v1/responses",
      () =>
        new UpgradeResponse((connection) => ({
          receive: () => void connection.send(JSON.stringify({ type: "echo" })),
          stop() {},
          closed() {},
        })),
    );
    const server = startServer({ routes: [slow, echo], bounds: { most: descriptors() + 200, lookEveryMs: 5 } });
    servers.push(server);
    const answer = sendRaw(server.port, head("GET /v1/slow HTTP/1.1", "Host: localhost"));
    await asked.promise;
    const socket = await openSocket(server.url);
    return { server, answer, socket, release: release.resolve };
  }
  const isHealthy = async (port: number) =>
    (await sendRaw(port, head("GET /health HTTP/1.1", "Host: localhost"))).status === 200;
  const isLogged = (server: TestServer, words: string) =>
    until(() => server.log.some((line) => line.includes(words)), words);

  test("those that wait for nothing are closed, and others are taken in their place", async () => {
    const { server, answer, socket, release } = await start();
    let closed = 0;
    for (let n = 0; n < MANY; n++) {
      const client = await open(server.port, head("GET /health HTTP/1.1", "Host: localhost"));
      client.on("close", () => closed++);
      await once(client, "data");
    }
    await until(() => closed > 0, "a connection that is closed");
    expect(await isHealthy(server.port)).toBe(true);
    expect(await echoes(socket)).toBe(true);
    release("at last");
    expect(await answer).toMatchObject({ status: 200, body: "at last" });
    expect(server.log.filter((line) => line.includes("no connection"))).toEqual([]);
    socket.close();
  });

  test("that ask nothing, or not to the end, further ones are told to come back, by nobody else: what is under way goes on, and others are taken as soon as some are gone", async () => {
    const { server, answer, socket, release } = await start();
    await openMany(server.port, MANY / 2);
    await openMany(server.port, MANY / 2, "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Half: ");
    await isLogged(server, "no connection is taken");
    const refused = await sendRaw(server.port, head("GET /v1/models HTTP/1.1", "Host: localhost"));
    expect([refused.status, refused.headers.get("connection"), refused.headers.get("retry-after")]).toEqual([
      429,
      "close",
      "5",
    ]);
    expect(errorOf(refused)).toMatchObject({ message: expect.stringContaining("connections are open") });
    const messages = await sendRaw(server.port, head("POST /v1/messages?beta=true HTTP/1.1", "Host: localhost"));
    expect(JSON.parse(messages.body)).toMatchObject({ type: "error", error: { type: "rate_limit_error" } });
    expect(() => Bun.listen({ hostname: "127.0.0.1", port: server.port, socket: { data() {} } })).toThrow(
      "Failed to listen",
    );
    expect(await echoes(socket)).toBe(true);
    release("at last");
    const { status, headers, body } = await answer;
    // The connection is not kept: there are too many.
    expect([status, headers.get("connection"), body]).toEqual([200, "close", "at last"]);

    for (const client of clients.splice(0)) client.destroy();
    await isLogged(server, "taken again");
    expect(await isHealthy(server.port)).toBe(true);
    expect(await echoes(socket)).toBe(true);
    socket.close();
  });

  test("the server can still be stopped, and lets what is under way end", async () => {
    const { server, answer, socket, release } = await start();
    await openMany(server.port, MANY);
    await isLogged(server, "no connection is taken");
    const stopped = server.stop(60_000);
    release("in time");
    expect(await answer).toMatchObject({ status: 200, body: "in time" });
    socket.close();
    await stopped;
    expect(await isRefused(server.port)).toBe(true);
  });
});

test.skipIf(process.platform === "win32")(
  "where all descriptors are taken, whoever comes is told to come back, too, by descriptors that were kept for that",
  async () => {
    const source = `
      const { openSync } = await import("node:fs");
      const { TurnAway } = await import("${join(import.meta.dir, "../../src/server/turn-away.ts")}");
      const port = Number(process.argv[1]);
      const turnAway = new TurnAway("127.0.0.1", port);
      turnAway.reserve();
      try { for (;;) openSync("/dev/null", "r"); } catch {}
      turnAway.start();
      console.log("listens");`;
    const free = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const { port } = free;
    free.stop(true);
    const limited = ["/bin/sh", "-c", 'ulimit -n 64; exec "$0" "$@"', process.execPath, "-e", source, String(port)];
    await using child = Bun.spawn(limited, { stdout: "pipe" });
    const { value } = await child.stdout.getReader().read();
    expect(Buffer.from(value ?? []).toString()).toBe("listens\n");
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => sendRaw(port, head("GET /v1/models HTTP/1.1", "Host: localhost"))),
    );
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 429]);
  },
);
