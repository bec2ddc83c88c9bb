import { describe, expect, test } from "bun:test";
import { until } from "../../support/wait.ts";
import { ANSWERED, demand, expectLease, FRESH, makePool, NOBODY, REUSE, ready, refusal, user } from "./pool-fixture.ts";

/** The code of the ApiError that a promise is rejected with. */
const codeOf = async (promise: Promise<unknown>) => Object(await refusal(promise)).code;

test("a discarded process is ended, and not handed out again", async () => {
  await using fixture = makePool({ warm: 0 });
  const { worker } = await fixture.lease("a");
  fixture.pool.discard(worker);
  expect(fixture.pool.counts).toEqual(NOBODY);
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
  await ready(pool, 2);
  pool.reset();
  expect(pool.counts).toEqual({ starting: 0, ready: 0, busy: 1, parked: 0 });
  await Promise.all([resting.exited, fixture.worker(2).exited]);
  expect(busy.worker.alive).toBeTrue();
  await fixture.ask(busy, user("busy"));
});

test("after a reset those who wait get a process that was started after it", async () => {
  await using fixture = makePool({ warm: 0 });
  fixture.plan.push("slow");
  const waiting = fixture.lease("a");
  fixture.pool.reset();
  fixture.open("slow");
  expectLease(await waiting, fixture.worker(1));
  await fixture.worker(0).exited;
});

test("a reset ends processes that are starting, and nobody hears of their end as of a failure", async () => {
  await using fixture = makePool();
  fixture.plan.push("slow");
  fixture.pool.refill();
  const up = fixture.pool.ensureReady();
  fixture.pool.reset();
  await fixture.worker(0).exited;
  await up;
  expect(fixture.pool.problem).toBeUndefined();
});

describe("closing", () => {
  test("starts nothing for a request whose conversation could not be written down", async () => {
    const { promise: restoring, resolve } = Promise.withResolvers<undefined>();
    await using fixture = makePool({ warm: 0, restore: () => restoring });
    const turns = [user("a"), ANSWERED, user("b")];
    const lease = codeOf(fixture.pool.lease({ ...demand(...turns), isCached: () => true }, REUSE));
    await fixture.pool.close();
    resolve(undefined);
    expect(await lease).toBe("shutting_down");
    expect(fixture.workers).toHaveLength(0);
  });

  test("ends every process, whatever it is doing, and is done when each is gone", async () => {
    await using fixture = makePool();
    const { pool } = fixture;
    await fixture.lease("busy", FRESH);
    await fixture.rest("a");
    pool.refill();
    await ready(pool, 2);
    fixture.plan.push("never");
    const starting = codeOf(fixture.lease("c", FRESH));
    expect(pool.counts).toEqual({ starting: 1, ready: 2, busy: 1, parked: 0 });
    await pool.close();
    expect(fixture.workers.map(({ alive }) => alive)).toEqual([false, false, false, false]);
    expect(() => process.kill(fixture.worker(0).pid, 0)).toThrow("ESRCH");
    expect(await starting).toBe("shutting_down");
  });

  test.each([REUSE, FRESH])("tells those who wait for a process: shutting_down (%j)", async (options) => {
    await using fixture = makePool({ warm: 0 });
    fixture.plan.push("never", "never");
    const waiting = [codeOf(fixture.lease("a", options)), codeOf(fixture.lease("b", options))];
    const closed = fixture.pool.close();
    expect(await Promise.all(waiting)).toEqual(["shutting_down", "shutting_down"]);
    await closed;
  });

  test("tells those who wait at once, not when the process that would have served them is gone", async () => {
    await using fixture = makePool({ warm: 0 });
    fixture.plan.push("deaf");
    const waiting = codeOf(fixture.lease("a"));
    const closed = fixture.pool.close();
    expect(await waiting).toBe("shutting_down");
    expect(fixture.worker(0).alive).toBeTrue();
    fixture.open("leave");
    await closed;
  });

  test("lets nobody in afterwards, and starts nothing", async () => {
    await using fixture = makePool();
    await fixture.pool.close();
    expect(await codeOf(fixture.lease("a"))).toBe("shutting_down");
    expect(await codeOf(fixture.lease("a", FRESH))).toBe("shutting_down");
    fixture.pool.refill();
    expect(fixture.workers).toHaveLength(0);
  });

  test("takes what is given back afterwards for ended", async () => {
    await using fixture = makePool();
    const { worker } = await fixture.lease("a");
    const closed = fixture.pool.close();
    fixture.pool.release(worker);
    await closed;
    expect(fixture.pool.counts).toEqual(NOBODY);
    expect(worker.alive).toBeFalse();
  });

  test("waits also for processes that were on their way out", async () => {
    await using fixture = makePool({ warm: 0 });
    const { worker } = await fixture.lease("a");
    fixture.pool.discard(worker);
    await fixture.pool.close();
    expect(worker.alive).toBeFalse();
  });

  test("ends a process that is being made ready", async () => {
    await using fixture = makePool();
    fixture.plan.push("slow-start");
    fixture.pool.refill();
    await until(() => fixture.reports.length === 1, "it is up");
    await fixture.pool.close();
    expect(fixture.worker(0).alive).toBeFalse();
    await until(() => fixture.pool.counts.starting === 0, "it is forgotten");
    expect(fixture.workers).toHaveLength(1);
  });

  test("ends a process that was started for a request, however late it comes", async () => {
    await using fixture = makePool();
    const closed: Promise<void>[] = [];
    // The very moment between a process's being up and its owner's learning of it.
    const waiting = codeOf(fixture.lease("a", FRESH));
    void fixture.worker(0).booted.then(() => closed.push(fixture.pool.close()));
    await fixture.worker(0).exited;
    await Promise.all(closed);
    expect(fixture.pool.counts.starting).toBe(0);
    await waiting;
  });

  test("leaves no timer that starts another", async () => {
    await using fixture = makePool({ retryMs: 1 });
    fixture.pool.refill();
    await ready(fixture.pool);
    process.kill(fixture.worker(0).pid, "SIGKILL");
    await fixture.worker(0).exited;
    await fixture.pool.close();
    const started = fixture.workers.length;
    await Bun.sleep(20);
    expect(fixture.workers).toHaveLength(started);
  });

  test("tells those who wait for the models: shutting_down", async () => {
    await using fixture = makePool({ warm: 0 });
    fixture.plan.push("never");
    const waiting = codeOf(fixture.pool.ensureReady());
    await fixture.pool.close();
    expect(await waiting).toBe("shutting_down");
    expect(await codeOf(fixture.pool.ensureReady())).toBe("shutting_down");
  });

  test("a second time is harmless", async () => {
    await using fixture = makePool();
    await fixture.rest("a");
    await fixture.pool.close();
    await fixture.pool.close();
    expect(fixture.worker(0).alive).toBeFalse();
  });
});
