import { describe, expect, test } from "bun:test";
import { until } from "../../support/wait.ts";
import { ANSWERED, demand, makePool, type Parked, type PoolFixture, user } from "./pool-fixture.ts";

const REUSE = { fresh: false };
const NOBODY = { starting: 0, ready: 0, busy: 0, parked: 0 };

/** Goes on with the result, in the process that waits for it; then what the pool may know of it. */
async function goOn({ pool }: PoolFixture, parked: Parked) {
  const request = parked.answered("sunny");
  const { worker, keep } = await pool.lease(request, REUSE);
  const run = await worker.resume({ ...request, delivery: undefined, keep, silenceTimeoutMs: 60_000 });
  const outcome = await run.outcome;
  pool.release(worker);
  return { outcome, answer: run.answer, turns: [...request.turns, run.answer] };
}

describe("a process that called a tool", () => {
  test("waits for the result, and goes on with it", async () => {
    await using fixture = makePool({ warm: 0 });
    const { pool } = fixture;
    const parked = await fixture.park("a");
    expect(pool.counts).toEqual({ ...NOBODY, parked: 1 });
    const lease = await pool.lease(parked.answered("sunny"), REUSE);
    expect(lease).toEqual({ worker: parked.worker, keep: 2, resume: true });
    expect(pool.counts).toEqual({ ...NOBODY, busy: 1 });
    expect(fixture.workers).toHaveLength(1);
  });

  test("rests after the answer, and goes on with its conversation", async () => {
    await using fixture = makePool({ warm: 0 });
    const parked = await fixture.park("a");
    const { outcome, answer, turns } = await goOn(fixture, parked);
    expect(outcome).toBe("clean");
    expect(answer).toEqual(ANSWERED);
    expect(fixture.pool.counts).toEqual({ ...NOBODY, ready: 1 });
    const next = { ...parked.answered("sunny"), turns: [...turns, user("b")] };
    expect(await fixture.pool.lease(next, REUSE)).toEqual({ worker: parked.worker, keep: 4, resume: false });
  });

  test("waits on when it was lent and not used", async () => {
    await using fixture = makePool({ warm: 0 });
    const parked = await fixture.park("a");
    const { worker } = await fixture.pool.lease(parked.answered("sunny"), REUSE);
    fixture.pool.release(worker);
    expect(fixture.pool.counts).toEqual({ ...NOBODY, parked: 1 });
    expect((await goOn(fixture, parked)).outcome).toBe("clean");
  });

  test("is lent once: a second request with the same result is served from the beginning", async () => {
    await using fixture = makePool({ warm: 0 });
    const parked = await fixture.park("a");
    const first = await fixture.pool.lease(parked.answered("sunny"), REUSE);
    const second = await fixture.pool.lease(parked.answered("sunny"), REUSE);
    expect(first.worker).toBe(parked.worker);
    expect(second).toEqual({ worker: fixture.worker(1), keep: 0, resume: false });
  });

  test("waits on while other requests are served", async () => {
    await using fixture = makePool({ warm: 0 });
    const parked = await fixture.park("a");
    const other = await fixture.lease("b");
    expect(other).toEqual({ worker: fixture.worker(1), keep: 0, resume: false });
    expect(fixture.pool.counts).toEqual({ ...NOBODY, busy: 1, parked: 1 });
    expect(parked.worker.alive).toBeTrue();
  });

  test("is found among several by the call that is answered", async () => {
    await using fixture = makePool({ warm: 0 });
    const [first, second] = [await fixture.park("a"), await fixture.park("a")];
    expect(first.callId).not.toBe(second.callId);
    expect((await fixture.pool.lease(second.answered("sunny"), REUSE)).worker).toBe(second.worker);
    expect((await fixture.pool.lease(first.answered("sunny"), REUSE)).worker).toBe(first.worker);
  });

  test.each([false, true])(
    "ends when its result comes in a request that it cannot go on with (fresh: %p)",
    async (fresh) => {
      await using fixture = makePool({ warm: 0 });
      const parked = await fixture.park("a");
      const changed = fresh ? parked.answered("sunny") : { ...parked.answered("sunny"), model: "haiku" };
      const lease = await fixture.pool.lease(changed, { fresh });
      expect(lease).toEqual({ worker: fixture.worker(1), keep: 0, resume: false });
      await parked.worker.exited;
      expect(fixture.pool.counts).toEqual({ ...NOBODY, busy: 1 });
    },
  );

  test("gives way, when too many wait, if it waits longest; those at rest do not count", async () => {
    await using fixture = makePool({ warm: 0, maxParked: 2 });
    await fixture.rest("r");
    const [oldest, second, newest] = [await fixture.park("a"), await fixture.park("b"), await fixture.park("c")];
    await oldest.worker.exited;
    expect(fixture.pool.counts).toEqual({ ...NOBODY, ready: 1, parked: 2 });
    expect([second.worker.alive, newest.worker.alive]).toEqual([true, true]);
  });

  test("ends when it has waited for long", async () => {
    await using fixture = makePool({ warm: 0, parkTimeoutMs: 1 });
    const parked = await fixture.park("a");
    await parked.worker.exited;
    expect(fixture.pool.counts).toEqual(NOBODY);
  });

  test("and died while it waited is never handed out", async () => {
    await using fixture = makePool({ warm: 0 });
    const parked = await fixture.park("a");
    process.kill(parked.worker.pid, "SIGKILL");
    await parked.worker.exited;
    expect(fixture.pool.counts).toEqual(NOBODY);
    const lease = await fixture.pool.lease(parked.answered("sunny"), REUSE);
    expect(lease).toEqual({ worker: fixture.worker(1), keep: 0, resume: false });
  });
});

test("a reset leaves a process its turn that waits for a result", async () => {
  await using fixture = makePool();
  const parked = await fixture.park("a");
  const resting = await fixture.rest("b");
  fixture.pool.reset();
  await resting.exited;
  expect(fixture.pool.counts).toEqual({ ...NOBODY, parked: 1 });
  expect((await goOn(fixture, parked)).outcome).toBe("clean");
});

test("closing ends processes that wait for results", async () => {
  await using fixture = makePool();
  const parked = await fixture.park("a");
  await fixture.pool.close();
  expect(parked.worker.alive).toBeFalse();
  expect(fixture.pool.counts).toEqual(NOBODY);
});

test("a process that is given back after close, in the middle of its turn, ends", async () => {
  await using fixture = makePool();
  const parked = await fixture.park("a");
  const { worker } = await fixture.pool.lease(parked.answered("sunny"), REUSE);
  const closed = fixture.pool.close();
  fixture.pool.release(worker);
  await closed;
  await until(() => !worker.alive, "the process is gone");
  expect(fixture.pool.counts).toEqual(NOBODY);
});

test("there is nothing to go on with in a process that waits for no result", async () => {
  await using fixture = makePool();
  const { worker } = await fixture.lease("a");
  const ask = { ...demand(user("a")), delivery: undefined, keep: 0, silenceTimeoutMs: 60_000 };
  await expect(worker.resume(ask)).rejects.toThrow("there is no turn to go on with");
});
