import { describe, expect, test } from "bun:test";
import { Limiter } from "../../../src/claude/pool/limiter.ts";

const never = new AbortController().signal;

/** Asks for a place, and notes under a name when it is given. */
function enter(limiter: Limiter, entered: string[], name: string, signal: AbortSignal = never) {
  return limiter.acquire(signal).then((release) => {
    entered.push(name);
    return release;
  });
}

/** Lets everything happen that can happen without a place being given back. */
const settle = () => Bun.sleep(0);

describe("a limiter", () => {
  test("lets so many in at once, and no more", async () => {
    const limiter = new Limiter(2, 10);
    const entered: string[] = [];
    const all = ["a", "b", "c"].map((name) => enter(limiter, entered, name));
    await settle();
    expect(entered).toEqual(["a", "b"]);
    expect({ running: limiter.running, queued: limiter.queued }).toEqual({ running: 2, queued: 1 });
    (await all[0])?.();
    await all[2];
    expect({ running: limiter.running, queued: limiter.queued }).toEqual({ running: 2, queued: 0 });
  });

  test("lets those who wait in by the order in which they came", async () => {
    const limiter = new Limiter(1, 10);
    const entered: string[] = [];
    const all = ["a", "b", "c", "d"].map((name) => enter(limiter, entered, name));
    for (const waiting of all) (await waiting)();
    expect(entered).toEqual(["a", "b", "c", "d"]);
    expect({ running: limiter.running, queued: limiter.queued }).toEqual({ running: 0, queued: 0 });
  });

  test("tells who is not turned away, before a place is free", async () => {
    const limiter = new Limiter(1, 1);
    const admitted: string[] = [];
    const all = ["a", "b", "c"].map((name) => limiter.acquire(never, { onAdmitted: () => admitted.push(name) }));
    expect(admitted).toEqual(["a", "b"]);
    expect(await all[2]?.catch(({ code }) => code)).toBe("queue_full");
    (await all[0])?.();
    (await all[1])?.();
  });

  test("lets one that goes on with its answer in next, and never turns it away", async () => {
    const limiter = new Limiter(1, 1);
    const leave = await limiter.acquire(never);
    const entered: string[] = [];
    const waiting = enter(limiter, entered, "newcomer");
    const again = limiter.acquire(never, { isAgain: true });
    leave();
    const leaveAgain = await again;
    await settle();
    expect(entered).toEqual([]);
    leaveAgain();
    (await waiting)();
    expect({ running: limiter.running, queued: limiter.queued }).toEqual({ running: 0, queued: 0 });
  });

  test("tells whether so many would all be admitted, and takes no place for that", async () => {
    const limiter = new Limiter(2, 1);
    const release = await limiter.acquire(never);
    limiter.requireRoom(2);
    expect(() => limiter.requireRoom(3)).toThrow("1 requests are running");
    release();
    limiter.requireRoom(3);
  });

  test("does not let a newcomer pass those who wait", async () => {
    const limiter = new Limiter(1, 10);
    const entered: string[] = [];
    const first = await enter(limiter, entered, "first");
    const second = enter(limiter, entered, "second");
    first();
    const third = enter(limiter, entered, "third");
    (await second)();
    await third;
    expect(entered).toEqual(["first", "second", "third"]);
  });

  test("takes a place back once, however often it is given back", async () => {
    const limiter = new Limiter(1, 10);
    const release = await limiter.acquire(never);
    release();
    release();
    expect(limiter.running).toBe(0);
    const second = await limiter.acquire(never);
    release();
    expect(limiter.running).toBe(1);
    second();
    expect(limiter.running).toBe(0);
  });
});

describe("a full queue", () => {
  test("turns the next one away, with when to come back", async () => {
    const limiter = new Limiter(1, 1);
    await limiter.acquire(never);
    void limiter.acquire(never);
    const refusal = await limiter.acquire(never).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      name: "ApiError",
      code: "queue_full",
      message: "1 requests are running and 1 are waiting. Try again in a moment.",
      retryAfterSeconds: 5,
    });
    expect({ running: limiter.running, queued: limiter.queued }).toEqual({ running: 1, queued: 1 });
  });

  test("takes the next one again once somebody left it", async () => {
    const limiter = new Limiter(1, 1);
    const release = await limiter.acquire(never);
    const leaving = new AbortController();
    const left = limiter.acquire(leaving.signal).catch(() => "left");
    leaving.abort();
    expect(await left).toBe("left");
    const next = limiter.acquire(never);
    release();
    expect(await next).toBeFunction();
  });

  test("of no length turns away whoever would have to wait", async () => {
    const limiter = new Limiter(1, 0);
    await limiter.acquire(never);
    await expect(limiter.acquire(never)).rejects.toMatchObject({ code: "queue_full" });
  });
});

describe("whoever gives up", () => {
  test("before asking gets no place", async () => {
    const limiter = new Limiter(1, 1);
    const reason = new Error("gone");
    await expect(limiter.acquire(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(limiter.running).toBe(0);
  });

  test("while waiting leaves the queue at once, for the reason of the signal", async () => {
    const limiter = new Limiter(1, 5);
    const entered: string[] = [];
    const release = await limiter.acquire(never);
    const leaving = new AbortController();
    const reason = new Error("gone");
    const all = [
      enter(limiter, entered, "b"),
      enter(limiter, entered, "c", leaving.signal),
      enter(limiter, entered, "d"),
    ];
    leaving.abort(reason);
    expect(limiter.queued).toBe(2);
    await expect(all[1]).rejects.toBe(reason);
    release();
    (await all[0])?.();
    await all[2];
    expect(entered).toEqual(["b", "d"]);
  });

  test("after getting in keeps the place until it is given back", async () => {
    const limiter = new Limiter(1, 5);
    const leaving = new AbortController();
    const first = await limiter.acquire(never);
    const second = limiter.acquire(leaving.signal);
    first();
    const release = await second;
    const third = limiter.acquire(never);
    leaving.abort();
    expect({ running: limiter.running, queued: limiter.queued }).toEqual({ running: 1, queued: 1 });
    release();
    expect(await third).toBeFunction();
  });
});
