import { afterAll, describe, expect, test } from "bun:test";
import { Elysia } from "elysia";
import {
  describeHealth,
  eventStream,
  healthReports,
  LONGEST_SILENCE_MS,
  POLL_MS,
} from "../../src/api/health/report.ts";
import { healthRoutes } from "../../src/api/health/routes.ts";
import type { BackendHealth } from "../../src/core/backend.ts";

const WORKERS = { starting: 0, ready: 2, busy: 1, parked: 0, queued: 0 };
const OK: BackendHealth = {
  status: "ok",
  cli: { path: "/usr/bin/claude", version: "2.1.330" },
  login: "Claude Max subscription",
  workers: WORKERS,
};
const MISSING: BackendHealth = {
  status: "unavailable",
  problem: { code: "cli_missing", message: "Install Claude Code." },
  workers: { ...WORKERS, ready: 0, busy: 0 },
};

/** Health routes over a state the test changes, whose feed waits until the test lets a second pass. */
function setUp(state = OK, trusted = true) {
  const backend = { state, health: () => backend.state };
  const stopping = new AbortController();
  const clock = new Clock();
  const routes = healthRoutes({
    backend,
    version: "1.2.3",
    demo: false,
    startedAt: new Date(Date.now() - 61_000),
    isTrusted: () => trusted,
    stopping: stopping.signal,
    wait: clock.wait,
  });
  return { backend, stopping, clock, app: new Elysia().use(routes) };
}

class Clock {
  waiting = 0;
  #tick = Promise.withResolvers<void>();

  /** Lets one wait pass, once it has begun. */
  async tick(): Promise<void> {
    while (this.waiting === 0) await Bun.sleep(1);
    const passed = this.#tick;
    this.#tick = Promise.withResolvers();
    passed.resolve();
  }
  readonly wait = async (_ms: number, signal: AbortSignal): Promise<void> => {
    const aborted = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => aborted.resolve());
    if (signal.aborted) aborted.resolve();
    this.waiting += 1;
    await Promise.race([this.#tick.promise, aborted.promise]);
    this.waiting -= 1;
  };
}

const ask = (app: { handle(request: Request): Promise<Response> }, path: string) =>
  app.handle(new Request(`http://localhost:3456${path}`));

describe("/health", () => {
  test("tells a working server's state with 200", async () => {
    const response = await ask(setUp().app, "/health");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: "ok",
      name: "claude-max-api",
      provider: "claude-code-cli",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      version: "1.2.3",
      uptime_seconds: 61,
      demo: false,
      cli: { path: "/usr/bin/claude", version: "2.1.330" },
      login: "Claude Max subscription",
      workers: WORKERS,
    });
  });

  test("puts the status first", async () => {
    expect(await (await ask(setUp().app, "/health")).text()).toStartWith('{"status":"ok",');
  });

  test("tells what is wrong and how to mend it with 503", async () => {
    const response = await ask(setUp(MISSING).app, "/health");
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: "unavailable", problem: MISSING.problem });
  });

  test("a server that is still starting is alive", async () => {
    expect((await ask(setUp({ ...OK, status: "starting" }).app, "/health")).status).toBe(200);
  });

  test("tells strangers the status and the name alone, by code and by word", async () => {
    const response = await ask(setUp(MISSING, false).app, "/health");
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: "unavailable", name: "claude-max-api" });
  });
});

test("/ points the way", async () => {
  expect(await (await ask(setUp().app, "/")).json()).toEqual({
    name: "claude-max-api",
    version: "1.2.3",
    api: "/v1",
    health: "/health",
    docs: "/docs",
  });
});

describe("when the feed speaks", () => {
  const source = { version: "1", demo: false, startedAt: new Date() };
  const collect = async (states: readonly BackendHealth[]) => {
    const end = new AbortController();
    let seconds = 0;
    const report = () => describeHealth({ ...source, backend: { health: () => states[seconds] ?? OK } });
    const wait = async (ms: number) => {
      expect(ms).toBe(POLL_MS);
      if (++seconds >= states.length) end.abort();
    };
    const spoken: string[] = [];
    for await (const { status } of healthReports(report, end.signal, wait)) spoken.push(`${seconds} s: ${status}`);
    return spoken;
  };
  test("at once, and again when something changes", async () => {
    expect(await collect([OK, OK, MISSING, MISSING, OK])).toEqual(["0 s: ok", "2 s: unavailable", "4 s: ok"]);
  });
  test("a worker that becomes busy is a change", async () => {
    expect(await collect([OK, { ...OK, workers: { ...WORKERS, busy: 2 } }])).toHaveLength(2);
  });
  test("at the least every fifteen seconds", async () => {
    const quiet = Array<BackendHealth>(LONGEST_SILENCE_MS / 1000 + 2).fill(OK);
    expect(await collect(quiet)).toEqual(["0 s: ok", "15 s: ok"]);
  });
});

describe("/health/events over a real connection", () => {
  const rig = setUp();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    fetch: (request) => rig.app.fetch(request),
  });
  const failures: unknown[] = [];
  const note = (failure: unknown) => failures.push(failure);
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
  afterAll(async () => {
    process.off("unhandledRejection", note);
    process.off("uncaughtException", note);
    await server.stop(true);
  });
  const open = async () => {
    const response = await fetch(`${server.url.href}health/events`);
    if (!response.body) throw new Error("no body");
    return { response, reader: response.body.getReader() };
  };
  const text = (chunk: { value?: Uint8Array }) => new TextDecoder().decode(chunk.value);

  test("objects arrive as whole events of one name", async () => {
    const { response, reader } = await open();
    expect(response.headers.get("content-type")).toStartWith("text/event-stream");
    const first = text(await reader.read());
    expect(first).toMatch(/^id: [\w-]+\nevent: health\ndata: \{"status":"ok",[^\n]*\}\n\n$/);
    rig.backend.state = MISSING;
    await rig.clock.tick();
    expect(text(await reader.read())).toContain(
      'data: {"status":"unavailable","name":"claude-max-api","problem":{"code":"cli_missing"',
    );
    await reader.cancel();
    rig.backend.state = OK;
  });

  test("a text that looks like a frame stays data", async () => {
    rig.backend.state = { ...OK, login: "id: 1\nevent: x\n\ndata: y" };
    const { reader } = await open();
    expect(text(await reader.read())).toContain('"login":"id: 1\\nevent: x\\n\\ndata: y"');
    await reader.cancel();
    rig.backend.state = OK;
  });

  test("a client that leaves leaves nothing running and raises nothing", async () => {
    const readers = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const { reader } = await open();
        await reader.read();
        return reader;
      }),
    );
    while (rig.clock.waiting < readers.length) await Bun.sleep(1);
    await Promise.all(readers.map((reader) => reader.cancel()));
    while (rig.clock.waiting > 0 || server.pendingRequests > 0) await Bun.sleep(1);
    await Bun.sleep(0);
    expect(failures).toEqual([]);
  });

  test("the server's end is the feeds' end", async () => {
    const { reader } = await open();
    await reader.read();
    rig.stopping.abort();
    expect((await reader.read()).done).toBe(true);
    expect(rig.clock.waiting).toBe(0);
  });
});

test("a body given up while the request lives on, as Bun does for HEAD, leaves nothing running", async () => {
  const { app, clock } = setUp();
  const reader = (await ask(app, "/health/events")).body?.getReader();
  await reader?.read();
  const pending = reader?.read();
  while (clock.waiting === 0) await Bun.sleep(1);
  await reader?.cancel();
  await pending;
  while (clock.waiting > 0) await Bun.sleep(1);
});

test("a reader that does not ask makes the feed fetch nothing", async () => {
  let fetched = 0;
  async function* objects() {
    while (fetched < 100) yield { n: ++fetched };
  }
  const reader = eventStream(objects(), "count", () => {}).getReader();
  await Bun.sleep(0);
  expect(fetched).toBe(0);
  await reader.read();
  await reader.read();
  expect(fetched).toBe(2);
});
