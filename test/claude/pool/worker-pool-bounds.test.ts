import { afterEach, describe, expect, jest, test } from "bun:test";
import type { WorkerPool } from "../../../src/claude/pool/worker-pool.ts";
import { expectLease, FRESH, makePool, NOBODY, ready, STRUCTURED, user } from "./pool-fixture.ts";

afterEach(() => void jest.useRealTimers());

const total = ({ counts }: WorkerPool) => counts.starting + counts.ready + counts.busy + counts.parked;

describe("all processes together are bounded:", () => {
  test("for one that is started for a request, the idle ones give way first, then the parked, then those never asked", async () => {
    await using fixture = makePool({ maxWorkers: 3 });
    const { pool } = fixture;
    const parked = await fixture.park("a");
    pool.refill();
    await ready(pool);
    const unasked = fixture.worker(1);
    const idle = await fixture.rest("b");
    expect(pool.counts).toEqual({ ...NOBODY, ready: 2, parked: 1 });
    const gone = [idle, parked.worker, unasked];
    for (const [index, worker] of gone.entries()) {
      await fixture.leaseStructured(`question ${index}`);
      await worker.exited;
      expect(gone.filter(({ alive }) => alive)).toHaveLength(2 - index);
      expect(total(pool)).toBe(3);
    }
  });

  test("of several idle ones, the one that rests longest gives way", async () => {
    await using fixture = makePool({ warm: 0, maxWorkers: 2 });
    const [oldest, newest] = [await fixture.rest("a"), await fixture.rest("b", STRUCTURED)];
    await fixture.lease("c", FRESH);
    await oldest.exited;
    expect([newest.alive, total(fixture.pool)]).toEqual([true, 2]);
  });

  test("none gives way for a request that counts on a process which is starting anyway", async () => {
    await using fixture = makePool({ maxWorkers: 2, rebinds: false });
    const resting = await fixture.rest("a");
    fixture.plan.push("slow");
    fixture.pool.refill();
    const waiting = fixture.leaseStructured("b");
    fixture.open("slow");
    expectLease(await waiting, fixture.worker(1));
    expect([resting.alive, total(fixture.pool)]).toEqual([true, 2]);
  });

  test("a process that turns out to be of no use to the one who waits gives way to one that is", async () => {
    await using fixture = makePool({ maxWorkers: 1 });
    fixture.plan.push("slow-start");
    fixture.pool.refill();
    await fixture.worker(0).booted;
    await Bun.sleep(0);
    const waiting = fixture.leaseStructured("a");
    expect(fixture.workers).toHaveLength(1);
    fixture.open("slow-start");
    expectLease(await waiting, fixture.worker(1));
    expect(total(fixture.pool)).toBe(1);
    await fixture.worker(0).exited;
  });

  test("where none rests, a request still gets its process; one too many ends when it is given back", async () => {
    await using fixture = makePool({ warm: 0, maxWorkers: 1 });
    const [first, second] = [await fixture.lease("a", FRESH), await fixture.lease("b", FRESH)];
    expect(total(fixture.pool)).toBe(2);
    await fixture.ask(first, user("a"));
    fixture.pool.release(first.worker);
    await first.worker.exited;
    expect(fixture.pool.counts).toEqual({ ...NOBODY, busy: 1 });
    await fixture.ask(second, user("b"));
    fixture.pool.release(second.worker);
    expect(fixture.pool.counts).toEqual({ ...NOBODY, ready: 1 });
  });

  test("room that is kept for a guest counts, and what rests gives way to it only where it must", async () => {
    await using fixture = makePool({ warm: 0, maxWorkers: 1 });
    const worker = await fixture.rest("a");
    const guest = { isResting: false, retire: () => {} };
    expect(fixture.pool.reserve(guest, { mustBe: false })).toBeUndefined();
    expect(worker.alive).toBe(true);
    const giveBack = fixture.pool.reserve(guest, { mustBe: true });
    await worker.exited;
    expect(fixture.pool.counts).toEqual({ ...NOBODY, busy: 1 });
    giveBack?.();
    expect(fixture.pool.counts).toEqual(NOBODY);
  });

  test("a guest that rests is not busy, and is the first to give way", async () => {
    await using fixture = makePool({ warm: 0, maxWorkers: 2 });
    const resting = await fixture.rest("a");
    let retired = 0;
    const guest = { isResting: false, retire: () => void retired++ };
    fixture.pool.reserve(guest, { mustBe: false });
    guest.isResting = true;
    expect(fixture.pool.counts).toEqual({ ...NOBODY, ready: 1 });
    await fixture.leaseStructured("b");
    expect([retired, resting.alive]).toEqual([1, true]);
    await fixture.leaseStructured("c");
    await resting.exited;
    expect(retired).toBe(1);
  });

  test("one too many that was started in vain ends as soon as it is up", async () => {
    await using fixture = makePool({ warm: 0, maxWorkers: 1 });
    const first = await fixture.lease("a");
    await fixture.ask(first, user("a"));
    fixture.plan.push("slow");
    const waiting = fixture.lease("b");
    fixture.pool.release(first.worker);
    expectLease(await waiting, first.worker);
    fixture.open("slow");
    await fixture.worker(1).exited;
    expect(fixture.pool.counts).toEqual({ ...NOBODY, busy: 1 });
  });

  test("no more are kept ready than the bound leaves room for", async () => {
    await using fixture = makePool({ warm: 5, maxWorkers: 3 });
    const { worker } = await fixture.lease("a", FRESH);
    fixture.pool.answered(worker);
    const { starting, ready, ...others } = fixture.pool.counts;
    // One may be up already.
    expect([starting + ready, others]).toMatchObject([2, { busy: 1, parked: 0 }]);
  });
});

describe("where the machine has no memory for more", () => {
  const noRoom = { hasRoom: () => false };

  test("one process is kept ready all the same, when there is none at all, and no second one", async () => {
    await using fixture = makePool({ ...noRoom, warm: 3 });
    fixture.pool.refill();
    await ready(fixture.pool);
    fixture.pool.refill();
    expect(fixture.pool.counts).toEqual({ ...NOBODY, ready: 1 });
  });

  test("none is kept ready beside those that serve requests; a request gets its process", async () => {
    await using fixture = makePool(noRoom);
    const leases = [await fixture.lease("a"), await fixture.lease("b")];
    for (const { worker } of leases) fixture.pool.answered(worker);
    expect(fixture.pool.counts).toEqual({ ...NOBODY, busy: 2 });
  });

  test("the one that rests longest ends with each that is given back, and the last one stays", async () => {
    let room = true;
    await using fixture = makePool({ warm: 0, hasRoom: () => room });
    const [oldest, newer] = [await fixture.rest("a"), await fixture.rest("b")];
    room = false;
    const newest = await fixture.rest("c");
    await oldest.exited;
    expect([newer.alive, newest.alive, fixture.pool.counts.ready]).toEqual([true, true, 2]);
    const { worker } = await fixture.lease("d");
    fixture.pool.release(worker);
    expect(fixture.pool.counts).toEqual({ ...NOBODY, ready: 1 });
    const last = await fixture.lease("e");
    fixture.pool.release(last.worker);
    expect(fixture.pool.counts).toEqual({ ...NOBODY, ready: 1 });
  });
});

describe("processes that nobody waits for", () => {
  test("are started once every request has had its first token", async () => {
    await using fixture = makePool();
    const [one, other] = [await fixture.lease("a"), await fixture.lease("b")];
    fixture.pool.refill();
    fixture.pool.answered(one.worker);
    expect(fixture.workers).toHaveLength(2);
    fixture.pool.answered(other.worker);
    expect(fixture.pool.counts).toEqual({ ...NOBODY, busy: 2, starting: 1 });
  });

  test.each(["release", "discard"] as const)("are started once the one that waited is over: %s", async (end) => {
    await using fixture = makePool({ warm: 2 });
    const { worker } = await fixture.lease("a");
    fixture.pool.refill();
    expect(fixture.workers).toHaveLength(1);
    fixture.pool[end](worker);
    fixture.pool.refill();
    expect(fixture.pool.counts.starting).toBe(end === "release" ? 1 : 2);
  });

  test("are put off by a second at the most", async () => {
    await using fixture = makePool();
    fixture.pool.refill();
    await ready(fixture.pool);
    jest.useFakeTimers();
    await fixture.lease("a");
    jest.advanceTimersByTime(999);
    expect(fixture.workers).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(fixture.workers).toHaveLength(2);
    jest.useRealTimers();
  });

  test("are not put off where somebody waits for one", async () => {
    await using fixture = makePool({ warm: 0 });
    await fixture.lease("a");
    expectLease(await fixture.lease("b"), fixture.worker(1));
  });
});
