import { afterEach, describe, expect, jest, test } from "bun:test";
import { until } from "../../support/wait.ts";
import { ANSWERED, demand, expectLease, makePool, NOBODY, REUSE, STRUCTURED, user } from "./pool-fixture.ts";

afterEach(() => void jest.useRealTimers());

describe("a process that answered", () => {
  test("rests, and goes on with its conversation: it keeps what it remembers", async () => {
    await using fixture = makePool({ warm: 0 });
    const { pool } = fixture;
    const resting = await fixture.rest("a");
    expect(pool.counts).toEqual({ starting: 0, ready: 1, busy: 0, parked: 0 });
    const next = demand(user("a"), ANSWERED, user("b"));
    const lease = await pool.lease(next, REUSE);
    expectLease(lease, resting, { keep: 2 });
    expect(pool.counts).toEqual({ starting: 0, ready: 0, busy: 1, parked: 0 });
    await fixture.ask(lease, ...next.turns);
    pool.release(lease.worker);
    const further = demand(...next.turns, ANSWERED, user("c"));
    expectLease(await pool.lease(further, REUSE), resting, { keep: 4 });
  });

  test("serves no request that it does not fit: that gets a process without a past", async () => {
    await using fixture = makePool({ warm: 0 });
    const { pool } = fixture;
    await fixture.rest("a");
    const foreign = { ...demand(user("a"), ANSWERED, user("b")), profile: STRUCTURED };
    expectLease(await pool.lease(foreign, REUSE), fixture.worker(1));
    expect(pool.counts).toEqual({ starting: 0, ready: 1, busy: 1, parked: 0 });
  });

  test("is not handed out while it is busy", async () => {
    await using fixture = makePool({ warm: 0 });
    const resting = await fixture.rest("a");
    const next = demand(user("a"), ANSWERED, user("b"));
    const first = await fixture.pool.lease(next, REUSE);
    const second = await fixture.pool.lease(next, REUSE);
    expect(first.worker).toBe(resting);
    expectLease(second, fixture.worker(1));
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
    expectLease(lease, fixture.worker(1));
  });

  test("and then broke the protocol is never handed out, even while it has not gone yet", async () => {
    await using fixture = makePool({ warm: 0 });
    fixture.plan.push("babbler-idle");
    const resting = await fixture.rest("a");
    fixture.open("babble");
    await until(() => !resting.alive, "the process broke the protocol");
    const lease = await fixture.pool.lease(demand(user("a"), ANSWERED, user("b")), REUSE);
    expectLease(lease, fixture.worker(1));
    fixture.open("leave");
  });

  test.each([true, false])("that died before it was given back is not kept (asked: %p)", async (asked) => {
    await using fixture = makePool({ warm: 0 });
    const lease = await fixture.lease("a");
    if (asked) await fixture.ask(lease, user("a"));
    process.kill(lease.worker.pid, "SIGKILL");
    await lease.worker.exited;
    fixture.pool.release(lease.worker);
    expect(fixture.pool.counts).toEqual(NOBODY);
  });

  test("ends, when it has rested for long", async () => {
    await using fixture = makePool({ warm: 0, idleTimeoutMs: 1 });
    const worker = await fixture.rest("a");
    await worker.exited;
    expect(fixture.pool.counts).toEqual(NOBODY);
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
