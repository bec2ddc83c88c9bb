import { afterEach, describe, expect, jest, test } from "bun:test";
import { until } from "../../support/wait.ts";
import { ANSWERED, demand, makePool, user } from "./pool-fixture.ts";
import { profileFor } from "./turns.ts";

const REUSE = { fresh: false };
const FRESH = { fresh: true };

afterEach(() => void jest.useRealTimers());

/** The code of the ApiError that a promise is rejected with. */
const refusalOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "not refused",
    (error) => error.code,
  );

describe("a process that answered", () => {
  test("rests, and goes on with its conversation: it keeps what it remembers", async () => {
    await using fixture = makePool({ warm: 0 });
    const { pool } = fixture;
    const resting = await fixture.rest("a");
    expect(pool.counts).toEqual({ starting: 0, ready: 1, busy: 0, parked: 0 });
    const next = demand(user("a"), ANSWERED, user("b"));
    const lease = await pool.lease(next, REUSE);
    expect(lease).toEqual({ worker: resting, keep: 2, resume: false });
    expect(pool.counts).toEqual({ starting: 0, ready: 0, busy: 1, parked: 0 });
    await fixture.ask(lease, ...next.turns);
    pool.release(lease.worker);
    const further = demand(...next.turns, ANSWERED, user("c"));
    expect(await pool.lease(further, REUSE)).toEqual({ worker: resting, keep: 4, resume: false });
  });

  test("serves no request that it does not fit: that gets a process without a past", async () => {
    await using fixture = makePool({ warm: 0 });
    const { pool } = fixture;
    await fixture.rest("a");
    const foreign = { ...demand(user("a"), ANSWERED, user("b")), profile: profileFor("Be long.") };
    expect(await pool.lease(foreign, REUSE)).toEqual({ worker: fixture.worker(1), keep: 0, resume: false });
    expect(pool.counts).toEqual({ starting: 0, ready: 1, busy: 1, parked: 0 });
  });

  test("is not handed out while it is busy", async () => {
    await using fixture = makePool({ warm: 0 });
    const resting = await fixture.rest("a");
    const next = demand(user("a"), ANSWERED, user("b"));
    const first = await fixture.pool.lease(next, REUSE);
    const second = await fixture.pool.lease(next, REUSE);
    expect(first.worker).toBe(resting);
    expect(second).toEqual({ worker: fixture.worker(1), keep: 0, resume: false });
  });

  test("is at rest once, however often it is given back", async () => {
    await using fixture = makePool({ warm: 0 });
    const resting = await fixture.rest("a");
    fixture.pool.release(resting);
    expect(fixture.pool.counts).toEqual({ starting: 0, ready: 1, busy: 0, parked: 0 });
  });

  test("that died while it rested is never handed out", async () => {
    await using fixture = makePool({ warm: 0 });
    const resting = await fixture.rest("a");
    process.kill(resting.pid, "SIGKILL");
    await resting.exited;
    expect(fixture.pool.counts.ready).toBe(0);
    const lease = await fixture.pool.lease(demand(user("a"), ANSWERED, user("b")), REUSE);
    expect(lease).toEqual({ worker: fixture.worker(1), keep: 0, resume: false });
  });

  test("and then broke the protocol is never handed out, even while it has not gone yet", async () => {
    await using fixture = makePool({ warm: 0 });
    fixture.plan.push("babbler-idle");
    const resting = await fixture.rest("a");
    fixture.open("babble");
    await until(() => !resting.alive, "the process broke the protocol");
    const lease = await fixture.pool.lease(demand(user("a"), ANSWERED, user("b")), REUSE);
    expect(lease).toEqual({ worker: fixture.worker(1), keep: 0, resume: false });
    fixture.open("leave");
  });

  test.each([true, false])("that died before it was given back is not kept (asked: %p)", async (asked) => {
    await using fixture = makePool();
    const lease = await fixture.lease("a");
    if (asked) await fixture.ask(lease, user("a"));
    process.kill(lease.worker.pid, "SIGKILL");
    await lease.worker.exited;
    fixture.pool.release(lease.worker);
    expect(fixture.pool.counts).toEqual({ starting: 0, ready: 0, busy: 0, parked: 0 });
  });

  test("gives way, when too many rest, if it has rested longest", async () => {
    await using fixture = makePool({ warm: 0, maxIdle: 2 });
    const [oldest, second, newest] = [await fixture.rest("a"), await fixture.rest("b"), await fixture.rest("c")];
    await oldest.exited;
    expect(fixture.pool.counts.ready).toBe(2);
    expect([oldest.alive, second.alive, newest.alive]).toEqual([false, true, true]);
  });

  test("ends, when none shall rest", async () => {
    await using fixture = makePool({ warm: 0, maxIdle: 0 });
    const worker = await fixture.rest("a");
    expect(fixture.pool.counts).toEqual({ starting: 0, ready: 0, busy: 0, parked: 0 });
    await worker.exited;
  });

  test("ends, when it has rested for long", async () => {
    await using fixture = makePool({ warm: 0, idleTimeoutMs: 1 });
    const worker = await fixture.rest("a");
    await worker.exited;
    expect(fixture.pool.counts).toEqual({ starting: 0, ready: 0, busy: 0, parked: 0 });
  });

  test("rests for its full time again after each turn", async () => {
    await using fixture = makePool({ warm: 0, idleTimeoutMs: 60_000 });
    const { pool } = fixture;
    const first = await fixture.lease("a");
    await fixture.ask(first, user("a"));
    jest.useFakeTimers();
    pool.release(first.worker);
    jest.advanceTimersByTime(40_000);
    const second = await pool.lease(demand(user("a"), ANSWERED, user("b")), REUSE);
    expect(second.worker).toBe(first.worker);
    pool.release(second.worker);
    jest.advanceTimersByTime(59_999);
    expect(pool.counts.ready).toBe(1);
    jest.advanceTimersByTime(1);
    expect(pool.counts.ready).toBe(0);
  });
});

test("a discarded process is ended, and not handed out again", async () => {
  await using fixture = makePool();
  const { worker } = await fixture.lease("a");
  fixture.pool.discard(worker);
  expect(fixture.pool.counts).toEqual({ starting: 0, ready: 0, busy: 0, parked: 0 });
  await worker.exited;
  fixture.pool.release(worker);
  expect((await fixture.lease("a")).worker).toBe(fixture.worker(1));
});

test("a reset ends the processes that are ready or at rest, and leaves the busy one its turn", async () => {
  await using fixture = makePool();
  const { pool } = fixture;
  const busy = await fixture.lease("busy", FRESH);
  const resting = await fixture.rest("a");
  pool.refill();
  await until(() => pool.counts.ready === 2, "one is ready beside the one at rest");
  pool.reset();
  expect(pool.counts).toEqual({ starting: 0, ready: 0, busy: 1, parked: 0 });
  await Promise.all([resting.exited, fixture.worker(2).exited]);
  expect(busy.worker.alive).toBeTrue();
  await fixture.ask(busy, user("busy"));
});

describe("closing", () => {
  test("ends every process, whatever it is doing, and is done when each is gone", async () => {
    await using fixture = makePool();
    const { pool } = fixture;
    await fixture.lease("busy", FRESH);
    await fixture.rest("a");
    pool.refill();
    await until(() => pool.counts.ready === 2, "one is ready beside the one at rest");
    fixture.plan.push("never");
    const starting = refusalOf(fixture.lease("c", FRESH));
    expect(pool.counts).toEqual({ starting: 1, ready: 2, busy: 1, parked: 0 });
    await pool.close();
    expect(fixture.workers.map(({ alive }) => alive)).toEqual([false, false, false, false]);
    expect(() => process.kill(fixture.worker(0).pid, 0)).toThrow("ESRCH");
    expect(await starting).toBe("shutting_down");
  });

  test.each([REUSE, FRESH])("tells those who wait for a process: shutting_down (%j)", async (options) => {
    await using fixture = makePool({ warm: 0 });
    fixture.plan.push("never", "never");
    const waiting = [refusalOf(fixture.lease("a", options)), refusalOf(fixture.lease("b", options))];
    const closed = fixture.pool.close();
    expect(await Promise.all(waiting)).toEqual(["shutting_down", "shutting_down"]);
    await closed;
  });

  test("tells those who wait at once, not when the process that would have served them is gone", async () => {
    await using fixture = makePool({ warm: 0 });
    fixture.plan.push("deaf");
    const waiting = refusalOf(fixture.lease("a"));
    const closed = fixture.pool.close();
    expect(await waiting).toBe("shutting_down");
    expect(fixture.worker(0).alive).toBeTrue();
    fixture.open("leave");
    await closed;
  });

  test("lets nobody in afterwards, and starts nothing", async () => {
    await using fixture = makePool();
    await fixture.pool.close();
    expect(await refusalOf(fixture.lease("a"))).toBe("shutting_down");
    expect(await refusalOf(fixture.lease("a", FRESH))).toBe("shutting_down");
    fixture.pool.refill();
    expect(fixture.workers).toHaveLength(0);
  });

  test("takes what is given back afterwards for ended", async () => {
    await using fixture = makePool();
    const { worker } = await fixture.lease("a");
    const closed = fixture.pool.close();
    fixture.pool.release(worker);
    await closed;
    expect(fixture.pool.counts).toEqual({ starting: 0, ready: 0, busy: 0, parked: 0 });
    expect(worker.alive).toBeFalse();
  });

  test("waits also for processes that were on their way out", async () => {
    await using fixture = makePool({ warm: 0 });
    const { worker } = await fixture.lease("a");
    fixture.pool.discard(worker);
    await fixture.pool.close();
    expect(worker.alive).toBeFalse();
  });

  test("a second time is harmless", async () => {
    await using fixture = makePool();
    await fixture.rest("a");
    await fixture.pool.close();
    await fixture.pool.close();
    expect(fixture.worker(0).alive).toBeFalse();
  });
});
