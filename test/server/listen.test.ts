import { afterEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { Elysia } from "elysia";
import { Logger } from "../../src/observability/logger.ts";
import { type Bound, bindAll, ListenError } from "../../src/server/bind.ts";
import { createServer } from "../../src/server/create-server.ts";
import { listen } from "../../src/server/listen.ts";
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
    config: { allowedHosts: [], allowedOrigins: [], apiKeys: [], demo: false },
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

describe("localhost", () => {
  test("is both loopback addresses, with one port, and both are closed", async () => {
    const listening = listen(bare(), { host: "localhost", port: 0 });
    const { port, url } = listening;
    expect(url).toBe(`http://127.0.0.1:${port}`);
    const hosts = ["127.0.0.1", "[::1]", "localhost"];
    const ask = (host: string) =>
      fetch(`http://${host}:${port}/health`).then(
        ({ status }) => status,
        () => "refused",
      );
    expect(await Promise.all(hosts.map(ask))).toEqual([200, 200, 200]);
    await listening.stop(0);
    expect(await Promise.all(hosts.map(ask))).toEqual(["refused", "refused", "refused"]);
  });

  test.each(["127.0.0.1", "::1"])(
    "is not listened on where another has the port of %s, which is said",
    async (address) => {
      const other = listen(bare(), { host: address, port: 0 });
      const error = failureOf("localhost", other.port);
      expect(error.message).toStartWith(`Port ${other.port} is in use on ${address}.`);
      expect(error.message).toContain(`curl ${other.url}/health`);
      await other.stop(0);
      // Nothing is left of the address that was free.
      await listen(bare(), { host: "localhost", port: other.port }).stop(0);
    },
  );

  test("requests at either address may end when it stops", async () => {
    const { route, started, release } = gatedRoute();
    const app = bare();
    app.use(route);
    const listening = listen(app, { host: "localhost", port: 0 });
    const slow = fetch(`http://[::1]:${listening.port}/v1/slow`);
    await started;
    const stopped = listening.stop(60_000);
    release();
    expect(await (await slow).text()).toBe("finished");
    await stopped;
  });
});

describe("several addresses", () => {
  /** Listens nowhere; `codes` are what the system says to each attempt at an address. */
  const bind = (codes: Record<string, (string | undefined)[]>, port = 0) => {
    const log: string[] = [];
    const servers = bindAll<Bound>({
      addresses: ["127.0.0.1", "::1"],
      port,
      bind: (address, wanted) => {
        const code = codes[address]?.shift();
        if (code !== undefined) throw Object.assign(new Error("refused"), { code });
        const own = wanted || 5000 + log.length;
        log.push(`+${address}:${own}`);
        return { port: own, stop: async () => void log.push(`-${address}:${own}`) };
      },
      onMissing: (address, { code }) => log.push(`${address} ${code}`),
    });
    return { addresses: servers.map(({ address }) => address), log };
  };

  test.each(["EADDRNOTAVAIL", "EAFNOSUPPORT"])("one that the machine lacks (%s) is done without, and told", (code) => {
    expect(bind({ "::1": [code] })).toEqual({ addresses: ["127.0.0.1"], log: ["+127.0.0.1:5000", `::1 ${code}`] });
    expect(bind({ "127.0.0.1": [code] }).addresses).toEqual(["::1"]);
    expect(() => bind({ "127.0.0.1": [code], "::1": [code] })).toThrow(ListenError);
  });

  test("a free port that is taken at the other is given back, and another one tried", () => {
    expect(bind({ "::1": ["EADDRINUSE"] }).log).toEqual([
      "+127.0.0.1:5000",
      "-127.0.0.1:5000",
      "+127.0.0.1:5002",
      "+::1:5002",
    ]);
    expect(() => bind({ "::1": Array<string>(100).fill("EADDRINUSE") })).toThrow("is in use on ::1.");
    expect(() => bind({ "::1": ["EADDRINUSE"] }, 3456)).toThrow("Port 3456 is in use on ::1.");
    expect(() => bind({ "::1": ["EACCES"] }, 80)).toThrow("Port 80 needs administrator rights");
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
