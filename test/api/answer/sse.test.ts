import { afterEach, describe, expect, jest, test } from "bun:test";
import { startOf } from "../../../src/api/answer/first-event.ts";
import { sseResponse } from "../../../src/api/answer/sse.ts";
import { until } from "../../support/wait.ts";

afterEach(() => void jest.useRealTimers());

const decoder = new TextDecoder();
const LONG = 60_000;

/** A source that counts what was taken from it, and whether it was told that the reader is gone. */
function sourceOf(items: readonly string[]) {
  const state = { taken: 0, abandoned: 0 };
  async function* take() {
    for (const item of items) {
      state.taken++;
      yield item;
    }
  }
  return { state, items: take(), onAbandon: () => void state.abandoned++ };
}

function readerOf(response: Response) {
  const reader = response.body?.getReader();
  if (!reader) throw new Error("the response has no body");
  return {
    next: async () => {
      const { done, value } = await reader.read();
      return done ? undefined : decoder.decode(value);
    },
    cancel: () => reader.cancel(),
  };
}

/** Lets everything happen that needs no more input. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

test("what is left by its reader is ended at its source, also where the source has more to say", async () => {
  const [said, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  async function* events() {
    try {
      for (;;) {
        yield { type: "native-event", event: {} } as const;
        await said.promise;
      }
    } finally {
      ended.resolve();
    }
  }
  async function* items(started: AsyncIterable<unknown>) {
    for await (const _ of started) yield "item";
  }
  const started = await startOf(events(), (event) => event, LONG);
  const reader = readerOf(sseResponse(items(started), { onAbandon: () => {} }));
  expect(await reader.next()).toBe("data: item\n\n");
  await reader.cancel();
  said.resolve();
  await ended.promise;
});

describe("a response of server-sent events", () => {
  test("is the items, each as the data of one event, byte for byte", async () => {
    const { items, onAbandon } = sourceOf(['{"a":"Grüße 😀"}', "[DONE]"]);
    expect(await sseResponse(items, { onAbandon }).text()).toBe('data: {"a":"Grüße 😀"}\n\ndata: [DONE]\n\n');
  });

  test("tells events by name where they have one", async () => {
    async function* named() {
      yield { event: "a.b", data: "{}" };
      yield "plain";
    }
    expect(await sseResponse(named(), { onAbandon: () => {} }).text()).toBe("event: a.b\ndata: {}\n\ndata: plain\n\n");
  });

  test("says so in its headers, and that nobody on the way may keep or hold it", async () => {
    const { items, onAbandon } = sourceOf([]);
    const response = sseResponse(items, { onAbandon, headers: { "x-mine": "1" } });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toEqual({
      "cache-control": "no-cache",
      "content-type": "text/event-stream; charset=utf-8",
      "x-accel-buffering": "no",
      "x-mine": "1",
    });
    expect(await response.text()).toBe("");
  });

  test("breaks off at once when its source had failed before all of it was read", async () => {
    async function* failing() {
      yield* ["a", "b"];
      throw new Error("boom");
    }
    const reader = readerOf(sseResponse(failing(), { onAbandon: () => {}, heartbeatMs: LONG }));
    await Bun.sleep(5);
    const read = async () => {
      let text = "";
      for (let piece = await reader.next(); piece !== undefined; piece = await reader.next()) text += piece;
      return text;
    };
    expect(await Promise.race([read().catch(String), Bun.sleep(1_000).then(() => "nothing came")])).toBe("Error: boom");
  });

  test("breaks off when its source fails", async () => {
    async function* failing() {
      yield "one";
      throw new Error("boom");
    }
    const reader = readerOf(sseResponse(failing(), { onAbandon: () => {} }));
    expect(await reader.next()).toBe("data: one\n\n");
    await expect(reader.next()).rejects.toThrow("boom");
  });
});

describe("silence", () => {
  test("is bridged with comments, and the item after it is not lost", async () => {
    const arrival = Promise.withResolvers<string>();
    async function* slow() {
      yield await arrival.promise;
    }
    const reader = readerOf(sseResponse(slow(), { onAbandon: () => {}, heartbeatMs: 1 }));
    expect(await reader.next()).toBe(": keep-alive\n\n");
    expect(await reader.next()).toBe(": keep-alive\n\n");
    arrival.resolve("late");
    let frame = await reader.next();
    while (frame === ": keep-alive\n\n") frame = await reader.next();
    expect(frame).toBe("data: late\n\n");
    expect(await reader.next()).toBeUndefined();
  });

  test("is bridged with what the dialect has for it", async () => {
    const silent = { next: () => new Promise<IteratorResult<string>>(() => {}) };
    const reader = readerOf(
      sseResponse(silent, { onAbandon: () => {}, heartbeatMs: 1, heartbeat: { event: "ping", data: "{}" } }),
    );
    expect(await reader.next()).toBe("event: ping\ndata: {}\n\n");
    await reader.cancel();
  });

  test("at the beginning is bridged at once, so that the headers go out, and later after fifteen seconds", async () => {
    jest.useFakeTimers();
    const silent = { next: () => new Promise<IteratorResult<string>>(() => {}) };
    const reader = readerOf(sseResponse(silent, { onAbandon: () => {} }));
    for (const ms of [50, 15_000, 15_000]) {
      const frames: (string | undefined)[] = [];
      void reader.next().then((frame) => frames.push(frame));
      await settle();
      jest.advanceTimersByTime(ms - 1);
      await settle();
      expect(frames).toEqual([]);
      jest.advanceTimersByTime(1);
      await settle();
      expect(frames).toEqual([": keep-alive\n\n"]);
    }
  });

  test("fills no memory while the reader does not read", async () => {
    jest.useFakeTimers();
    const arrival = Promise.withResolvers<string>();
    async function* slow() {
      yield await arrival.promise;
    }
    const response = sseResponse(slow(), { onAbandon: () => {}, heartbeatMs: 10 });
    for (let beat = 0; beat < 100; beat++) {
      jest.advanceTimersByTime(10);
      await settle();
    }
    arrival.resolve("late");
    expect((await response.text()).split("\n\n").filter((frame) => frame === ": keep-alive").length).toBeLessThan(3);
  });

  test("leaves no timer behind when it ends", async () => {
    jest.useFakeTimers();
    const { items, onAbandon } = sourceOf(["a", "b"]);
    await sseResponse(items, { onAbandon, heartbeatMs: LONG }).text();
    expect(jest.getTimerCount()).toBe(0);
  });
});

test("little is buffered for a slow reader: no more is taken once 64 KB wait for it", async () => {
  const item = "x".repeat(1000);
  const { state, items, onAbandon } = sourceOf(Array.from({ length: 1000 }, () => item));
  const reader = readerOf(sseResponse(items, { onAbandon, heartbeatMs: LONG }));
  await settle();
  const ahead = state.taken;
  expect(ahead).toBeLessThanOrEqual(140);
  await reader.next();
  await until(() => state.taken > ahead, "more is taken");
  await settle();
  expect(state.taken).toBeLessThanOrEqual(ahead + 140);
  await reader.cancel();
});

test("what comes at once goes out in one piece, each item in a frame of its own", async () => {
  const { items, onAbandon } = sourceOf(["a", "b", "c", "d"]);
  const reader = readerOf(sseResponse(items, { onAbandon, heartbeatMs: LONG }));
  await settle();
  let all = "";
  for (let piece = await reader.next(); piece !== undefined; piece = await reader.next()) all += piece;
  expect(all).toBe("data: a\n\ndata: b\n\ndata: c\n\ndata: d\n\n");
});

describe("a reader that leaves", () => {
  test("is told to the source, once", async () => {
    const { state, items, onAbandon } = sourceOf(["a", "b", "c"]);
    const reader = readerOf(sseResponse(items, { onAbandon, heartbeatMs: LONG }));
    await reader.next();
    await reader.cancel();
    await reader.cancel();
    expect(state.abandoned).toBe(1);
  });

  test("is told at once while the source is at work, and its next item harms nobody", async () => {
    const arrival = Promise.withResolvers<IteratorResult<string>>();
    const state = { asked: 0, abandoned: 0 };
    const next = () => {
      state.asked++;
      return arrival.promise;
    };
    const reader = readerOf(sseResponse({ next }, { onAbandon: () => void state.abandoned++, heartbeatMs: LONG }));
    await settle();
    await reader.cancel();
    expect(state).toEqual({ asked: 1, abandoned: 1 });
    arrival.resolve({ done: false, value: "late" });
    await settle();
    expect(state).toEqual({ asked: 1, abandoned: 1 });
  });

  test("at the end is not told: there is nothing to give up", async () => {
    const { state, items, onAbandon } = sourceOf(["a"]);
    const reader = readerOf(sseResponse(items, { onAbandon, heartbeatMs: LONG }));
    while ((await reader.next()) !== undefined);
    await reader.cancel();
    expect(state.abandoned).toBe(0);
  });
});
