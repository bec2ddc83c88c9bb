import { describe, expect, test } from "bun:test";
import { type Asker, keptPlaces } from "../../../src/claude/queue/lanes.ts";
import { TurnQueue } from "../../../src/claude/queue/turn-queue.ts";

const never = new AbortController().signal;

function queueOf(places: number, maxWaiting = 20, now?: () => number): TurnQueue {
  return new TurnQueue({ places, maxWaiting, kept: keptPlaces(places), now });
}

const of = (client: string): Asker => ({ client, kind: "", isBatch: true });

/** Asks for a place, and notes under a name when it is given. */
async function enter(queue: TurnQueue, entered: string[], name: string, { client = "a", signal = never } = {}) {
  const place = await queue.enter(of(client), signal);
  entered.push(name);
  return place;
}

const counts = ({ running, waiting }: TurnQueue) => ({ running, waiting });

/** Lets everything happen that can happen without a place being given back. */
const settle = () => Bun.sleep(0);

describe("a queue", () => {
  test("lets so many in at once, and the others as places are given back", async () => {
    const queue = queueOf(2);
    const entered: string[] = [];
    const all = ["a", "b", "c", "d"].map((name) => enter(queue, entered, name));
    await settle();
    expect(entered).toEqual(["a", "b"]);
    expect(counts(queue)).toEqual({ running: 2, waiting: 2 });
    for (const waiting of all) (await waiting).leave();
    expect(entered).toEqual(["a", "b", "c", "d"]);
    expect(counts(queue)).toEqual({ running: 0, waiting: 0 });
  });

  test("lets another client in before the rest of a batch", async () => {
    const queue = queueOf(1);
    const entered: string[] = [];
    const all = [1, 2, 3].map((n) => enter(queue, entered, `batch ${n}`));
    all.push(enter(queue, entered, "question", { client: "b" }));
    (await all[0])?.leave();
    (await all[1])?.leave();
    (await all[3])?.leave();
    (await all[2])?.leave();
    expect(entered).toEqual(["batch 1", "batch 2", "question", "batch 3"]);
  });

  test("tells who is not turned away, before a place is free", async () => {
    const queue = queueOf(1, 2);
    const admitted: string[] = [];
    const all = ["a", "b", "c"].map((name) => queue.enter(of("a"), never, { onAdmitted: () => admitted.push(name) }));
    expect(await all[2]?.catch(({ code }) => code)).toBe("queue_full");
    expect(admitted).toEqual(["a", "b"]);
    (await all[0])?.leave();
    (await all[1])?.leave();
  });

  test("lets one that goes on with its answer in next, and never turns it away", async () => {
    const queue = queueOf(1, 2);
    const { leave } = await queue.enter(of("a"), never);
    const entered: string[] = [];
    const waiting = enter(queue, entered, "newcomer");
    const again = queue.enter(of("a"), never, { isAgain: true });
    expect(queue.waiting).toBe(2);
    leave();
    const place = await again;
    await settle();
    expect(entered).toEqual([]);
    place.leave();
    (await waiting).leave();
    expect(counts(queue)).toEqual({ running: 0, waiting: 0 });
  });

  test("tells what is of a batch how many processes it leaves ready: the first none, each of the others one", async () => {
    const queue = queueOf(8);
    const places = [
      await queue.enter(of("a"), never),
      await queue.enter(of("a"), never),
      await queue.enter(of("b"), never),
      await queue.enter({ ...of("a"), isBatch: false }, never),
    ];
    expect(places.map(({ leaves }) => leaves)).toEqual([0, 1, 0, undefined]);
  });

  test("takes a place back once, however often it is given back", async () => {
    const queue = queueOf(1);
    const first = await queue.enter(of("a"), never);
    first.leave();
    first.leave();
    expect(queue.running).toBe(0);
    const second = await queue.enter(of("a"), never);
    first.leave();
    expect(queue.running).toBe(1);
    second.leave();
    expect(queue.running).toBe(0);
  });

  test("tells whether so many would all be admitted, and takes no place for that", async () => {
    const queue = queueOf(2, 2);
    const { leave } = await queue.enter(of("a"), never);
    queue.requireRoom(of("a"), 2);
    expect(() => queue.requireRoom(of("a"), 3)).toThrow("1 requests are running");
    leave();
    queue.requireRoom(of("a"), 3);
  });
});

describe("a full lane", () => {
  /** One place, in which turns take as long as they are told to; nine of a client wait for it. */
  async function fullLane(turnMs: number | undefined) {
    let now = 0;
    const queue = queueOf(1, 18, () => now);
    if (turnMs !== undefined) {
      const { leave } = await queue.enter(of("a"), never);
      now += turnMs;
      leave();
    }
    for (let n = 0; n < 10; n++) void queue.enter(of("a"), never);
    return queue;
  }
  const refusal = (queue: TurnQueue) => queue.enter(of("a"), never).catch((error: unknown) => error);

  test("turns the next one away, with how long what waits in it will take", async () => {
    const queue = await fullLane(1_500);
    expect(await refusal(queue)).toMatchObject({
      name: "ApiError",
      code: "queue_full",
      message: "1 requests are running and 9 are waiting, 9 of these from this client. Try again in 14 seconds.",
      retryAfterSeconds: 14,
    });
    expect(counts(queue)).toEqual({ running: 1, waiting: 9 });
  });

  test("tells at least a second, and no more than SDKs wait for", async () => {
    expect(await refusal(await fullLane(3))).toMatchObject({ retryAfterSeconds: 1 });
    expect(await refusal(await fullLane(60_000))).toMatchObject({ retryAfterSeconds: 60 });
    expect(await refusal(await fullLane(undefined))).toMatchObject({ retryAfterSeconds: 45 });
  });

  test("turns no other client away", async () => {
    const queue = await fullLane(1_000);
    void queue.enter(of("b"), never);
    expect(counts(queue)).toEqual({ running: 1, waiting: 10 });
  });

  test("takes the next one again once somebody left it", async () => {
    const queue = queueOf(1, 2);
    const { leave } = await queue.enter(of("a"), never);
    const leaving = new AbortController();
    const left = queue.enter(of("a"), leaving.signal).catch(() => "left");
    leaving.abort();
    expect(await left).toBe("left");
    const next = queue.enter(of("a"), never);
    leave();
    (await next).leave();
  });
});

describe("whoever gives up", () => {
  test("before asking gets no place", async () => {
    const queue = queueOf(1);
    const reason = new Error("gone");
    await expect(queue.enter(of("a"), AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(queue.running).toBe(0);
  });

  test("while waiting leaves the queue at once, for the reason of the signal", async () => {
    const queue = queueOf(1);
    const entered: string[] = [];
    const { leave } = await queue.enter(of("a"), never);
    const leaving = new AbortController();
    const reason = new Error("gone");
    const all = [
      enter(queue, entered, "b"),
      enter(queue, entered, "c", { signal: leaving.signal }),
      enter(queue, entered, "d"),
    ];
    const again = queue.enter(of("a"), leaving.signal, { isAgain: true });
    leaving.abort(reason);
    expect(queue.waiting).toBe(2);
    expect(await Promise.allSettled([all[1], again])).toEqual([
      { status: "rejected", reason },
      { status: "rejected", reason },
    ]);
    leave();
    (await all[0])?.leave();
    await all[2];
    expect(entered).toEqual(["b", "d"]);
  });

  test("after getting in keeps the place until it is given back", async () => {
    const queue = queueOf(1);
    const leaving = new AbortController();
    const first = await queue.enter(of("a"), never);
    const second = queue.enter(of("a"), leaving.signal);
    first.leave();
    const place = await second;
    const third = queue.enter(of("a"), never);
    leaving.abort();
    expect(counts(queue)).toEqual({ running: 1, waiting: 1 });
    place.leave();
    (await third).leave();
  });
});
