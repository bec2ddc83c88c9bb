import { afterAll, expect, test } from "bun:test";
import { Elysia, sse } from "elysia";
import { observeEnd } from "../../src/server/observe-end.ts";
import { startServer } from "./harness.ts";

/** Produces events only as the test hands them out, and notes what was produced and how it ended. */
class Source {
  readonly produced: number[] = [];
  readonly ended = Promise.withResolvers<void>();
  #next = Promise.withResolvers<void>();

  give(): void {
    this.#next.resolve();
  }
  async *events(signal: AbortSignal) {
    signal.addEventListener("abort", () => this.give());
    try {
      for (let n = 1; n <= 3 && !signal.aborted; n++) {
        this.produced.push(n);
        yield sse({ data: `event ${n}` });
        await this.#next.promise;
        this.#next = Promise.withResolvers();
      }
    } finally {
      this.ended.resolve();
    }
  }
}

const sources: Source[] = [];
const route = new Elysia().get("/v1/stream", async function* ({ request, set }) {
  set.headers["content-type"] = "text/event-stream";
  const source = new Source();
  sources.push(source);
  yield* source.events(request.signal);
});
const server = startServer({ routes: [route] });
afterAll(() => server.stop(0));

async function open() {
  const response = await fetch(`${server.url}/v1/stream`);
  if (!response.body) throw new Error("no body");
  const source = sources.at(-1);
  if (!source) throw new Error("no source");
  return { response, source, reader: response.body.getReader() };
}

const text = (chunk: { value?: Uint8Array }) => new TextDecoder().decode(chunk.value);
const logged = async (pattern: RegExp) => {
  while (!pattern.test(server.log.at(-1) ?? "")) await Bun.sleep(5);
  return server.log.at(-1);
};

test("an event is on the wire before the next one exists, with the headers of every response", async () => {
  const { response, source, reader } = await open();
  expect(text(await reader.read())).toBe("data: event 1\n\n");
  expect(source.produced).toEqual([1]);
  expect(response.headers.get("x-request-id")).toStartWith("req_");
  expect(response.headers.get("cache-control")).toBe("no-store");
  source.give();
  expect(text(await reader.read())).toBe("data: event 2\n\n");
  source.give();
  expect(text(await reader.read())).toBe("data: event 3\n\n");
  source.give();
  expect((await reader.read()).done).toBe(true);
  expect(await logged(/path=\/v1\/stream/)).toMatch(/status=200 ms=\d+ request=\w+\n$/);
});

test("a client that leaves ends the source, and the one log line says so", async () => {
  const before = server.log.length;
  const { source, reader } = await open();
  await reader.read();
  await reader.cancel();
  await source.ended.promise;
  expect(await logged(/end=client-left/)).toContain("path=/v1/stream");
  expect(server.log.length).toBe(before + 1);
});

test("a reader that does not ask holds the source back, and a source that breaks is told as failed", async () => {
  let pulled = 0;
  const ends: string[] = [];
  const body = new ReadableStream(
    {
      pull(controller) {
        if (++pulled === 2) throw new Error("broken");
        controller.enqueue(new Uint8Array([pulled]));
      },
    },
    { highWaterMark: 0 },
  );
  const headers = { "content-type": "text/event-stream" };
  const reader = observeEnd(new Response(body, { headers }), (end) => ends.push(end)).body?.getReader();
  await Bun.sleep(0);
  expect(pulled).toBe(0);
  await reader?.read();
  expect(pulled).toBe(1);
  expect(await reader?.read().catch((error: Error) => error.message)).toBe("broken");
  expect(ends).toEqual(["failed"]);
});

test("leaving while the source is at work ends it, and is told once", async () => {
  const ends: string[] = [];
  const reasons: unknown[] = [];
  const body = new ReadableStream({
    pull: () => new Promise<void>(() => {}),
    cancel: (reason) => void reasons.push(reason),
  });
  const headers = { "content-type": "text/event-stream" };
  const reader = observeEnd(new Response(body, { headers }), (end) => ends.push(end)).body?.getReader();
  const pending = reader?.read();
  await reader?.cancel("left");
  expect((await pending)?.done).toBe(true);
  await Bun.sleep(0);
  expect(reasons).toEqual(["left"]);
  expect(ends).toEqual(["client-left"]);
});
