import { afterEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { Elysia } from "elysia";
import { Logger } from "../../src/observability/logger.ts";
import { createServer } from "../../src/server/create-server.ts";
import { ListenError, listen } from "../../src/server/listen.ts";
import { errorOf, FakeBackend, head, sendRaw, startServer, type TestServer } from "./harness.ts";

const running: TestServer[] = [];
const start = (...routes: Parameters<typeof startServer>) => {
  const server = startServer(...routes);
  running.push(server);
  return server;
};
afterEach(() => Promise.all(running.splice(0).map((server) => server.stop(0))));

const bare = () =>
  createServer({
    config: { host: "127.0.0.1", allowedHosts: [], allowedOrigins: [], apiKeys: [], demo: false },
    backend: new FakeBackend(),
    logger: new Logger("silent"),
    routes: [],
    version: "0",
  });

function failureOf(host: string, port: number): ListenError {
  try {
    listen(bare(), { host, port }).stop(0);
  } catch (error) {
    if (error instanceof ListenError) return error;
    throw error;
  }
  throw new Error(`listening on ${host}:${port} did not fail`);
}

/** A route whose requests wait until the test lets them go, and which notes who was cut off. */
function gatedRoute() {
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const aborted: string[] = [];
  const route = new Elysia().get("/v1/slow", async ({ request }) => {
    request.signal.addEventListener("abort", () => aborted.push("aborted"));
    started.resolve();
    await release.promise;
    return "finished";
  });
  return { route, started: started.promise, release: release.resolve, aborted };
}

describe("a port or address that cannot be had", () => {
  test("a taken port says who may have it, how to ask, and how to choose another", () => {
    const { port } = start();
    const error = failureOf("127.0.0.1", port);
    expect(error.code).toBe("EADDRINUSE");
    expect(error.message).toStartWith(`Port ${port} is in use. Another claude-max-api may be running`);
    expect(error.message).toContain(`curl http://127.0.0.1:${port}/health`);
    expect(error.message).toContain(`--port ${port + 1}`);
  });
  test("an address of another machine says so", () => {
    expect(failureOf("203.0.113.1", 0)).toMatchObject({
      code: "EADDRNOTAVAIL",
      message: "203.0.113.1 is not an address of this machine. Check --host.",
    });
  });
  test("anything else names the address", () => {
    expect(failureOf("127.0.0.1", 70_000).message).toStartWith("Cannot listen on 127.0.0.1, port 70000: ");
  });
});

test("the URL is one to call, not the wildcard listened on", async () => {
  const cases = { "0.0.0.0": "http://127.0.0.1:", "::1": "http://[::1]:", "127.0.0.1": "http://127.0.0.1:" };
  for (const [host, prefix] of Object.entries(cases)) {
    const listening = listen(bare(), { host, port: 0 });
    expect(listening.url).toBe(`${prefix}${listening.port}`);
    expect((await fetch(`${listening.url}/health`)).status).toBe(200);
    await listening.stop(0);
  }
});

describe("stopping", () => {
  test("running requests finish; new ones get a 503 that closes their connection", async () => {
    const { route, started, release, aborted } = gatedRoute();
    const server = start({ routes: [route] });
    const slow = fetch(`${server.url}/v1/slow`);
    await started;
    const stopped = server.stop(60_000);
    const refused = await sendRaw(server.port, head("GET /v1/models HTTP/1.1", "Host: localhost"));
    expect(refused.status).toBe(503);
    expect(errorOf(refused).code).toBe("shutting_down");
    expect(refused.headers.get("connection")).toBe("close");
    release();
    expect(await (await slow).text()).toBe("finished");
    await stopped;
    expect(aborted).toEqual([]);
  });

  test("the wait is bounded: what still runs then is cut off, and its signal aborts", async () => {
    const { route, started, aborted } = gatedRoute();
    const server = start({ routes: [route] });
    const slow = fetch(`${server.url}/v1/slow`).then(
      () => "answered",
      () => "cut off",
    );
    await started;
    await server.stop(30);
    expect(await slow).toBe("cut off");
    expect(aborted).toEqual(["aborted"]);
  });

  test("what still runs when the time is over is ended in order: its answer arrives", async () => {
    const { route, started, release, aborted } = gatedRoute();
    const server = start({ routes: [route], endRunning: release });
    const slow = fetch(`${server.url}/v1/slow`);
    await started;
    await server.stop(0);
    expect(await (await slow).text()).toBe("finished");
    expect(aborted).toEqual([]);
  });

  test("what no request waits for gets the time, too, and is ended after it", async () => {
    let runs = true;
    const server = start({ isBusy: () => runs });
    const stopped = server.stop(60_000).then(() => "stopped");
    expect(await Promise.race([stopped, Bun.sleep(60)])).toBeUndefined();
    runs = false;
    await stopped;
    const ended: string[] = [];
    await start({ isBusy: () => ended.length === 0, endRunning: () => void ended.push("ended") }).stop(0);
    expect(ended).toEqual(["ended"]);
  });

  test("nothing is ended when nothing runs any more", async () => {
    let ended = 0;
    const server = start({ endRunning: () => void ended++ });
    await fetch(`${server.url}/health`);
    await server.stop(60_000);
    expect(ended).toBe(0);
  });

  test("a second call cuts the wait short", async () => {
    const { route, started } = gatedRoute();
    const server = start({ routes: [route] });
    const slow = fetch(`${server.url}/v1/slow`).catch(() => "cut off");
    await started;
    const first = server.stop(60_000);
    await server.stop(0);
    await first;
    expect(await slow).toBe("cut off");
  });

  test("idle connections are closed and the port is free again", async () => {
    const server = start();
    const socket = connect(server.port, "127.0.0.1");
    socket.write(head("GET /health HTTP/1.1", "Host: localhost"));
    await once(socket, "data");
    const closed = once(socket, "close");
    await server.stop(1000);
    await closed;
    const next = listen(bare(), { host: "127.0.0.1", port: server.port });
    await next.stop(0);
  });

  test("a watcher of /health/events does not hold it up", async () => {
    const server = start();
    const events = await fetch(`${server.url}/health/events`);
    const stopped = server.stop(60_000);
    expect(await events.text()).toContain("event: health\n");
    await stopped;
  });
});
