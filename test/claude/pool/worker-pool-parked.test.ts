import { describe, expect, test } from "bun:test";
import type { Turn } from "../../../src/core/request.ts";
import { until } from "../../support/wait.ts";
import {
  ANSWERED,
  demand,
  expectLease,
  makePool,
  NOBODY,
  PATIENCE,
  type Parked,
  type PoolFixture,
  REUSE,
  user,
} from "./pool-fixture.ts";

/** Goes on with the result, in the process that waits for it; then what the pool may know of it. */
async function goOn({ pool }: PoolFixture, parked: Parked) {
  const request = parked.answered("sunny");
  const { worker, keep, ownIds } = await pool.lease(request, REUSE);
  const run = await worker.resume({ ...request, delivery: undefined, keep, ownIds, ...PATIENCE });
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
    expectLease(lease, parked.worker, { keep: 2, resume: true });
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
    expectLease(await fixture.pool.lease(next, REUSE), parked.worker, { keep: 4 });
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
    expectLease(second, fixture.worker(1));
  });

  test("waits on while other requests are served", async () => {
    await using fixture = makePool({ warm: 0 });
    const parked = await fixture.park("a");
    const other = await fixture.lease("b");
    expectLease(other, fixture.worker(1));
    expect(fixture.pool.counts).toEqual({ ...NOBODY, busy: 1, parked: 1 });
    expect(parked.worker.alive).toBeTrue();
  });

  test("is found by its words and calls, when the client gives these other ids, and gets the result of each", async () => {
    await using fixture = makePool({ warm: 0 });
    const parked = await fixture.park("a");
    const rename = (turn: Turn): Turn => JSON.parse(JSON.stringify(turn).replaceAll(parked.callId, "call_0"));
    const told = parked.answered("sunny");
    const request = { ...told, turns: told.turns.map(rename) };
    const { worker, keep, how, ownIds } = await fixture.pool.lease(request, REUSE);
    expect([worker === parked.worker, keep, how]).toEqual([true, 2, "resume"]);
    expect(Object.fromEntries(ownIds)).toEqual({ call_0: parked.callId });
    const run = await worker.resume({ ...request, delivery: undefined, keep, ownIds, ...PATIENCE });
    expect(await run.outcome).toBe("clean");
    expect(worker.transcript[2]?.turn).toEqual(told.turns[2]);
  });

  test("is found among several by the call that is answered", async () => {
    await using fixture = makePool({ warm: 0 });
    const [first, second] = [await fixture.park("a"), await fixture.park("a")];
    expect(first.callId).not.toBe(second.callId);
    expect((await fixture.pool.lease(second.answered("sunny"), REUSE)).worker).toBe(second.worker);
    expect((await fixture.pool.lease(first.answered("sunny"), REUSE)).worker).toBe(first.worker);
  });

  test("ends when its result comes in a request that must have a process of its own", async () => {
    await using fixture = makePool({ warm: 0 });
    const parked = await fixture.park("a");
    expectLease(await fixture.pool.lease(parked.answered("sunny"), { fresh: true }), fixture.worker(1));
    await parked.worker.exited;
    expect(fixture.pool.counts).toEqual({ ...NOBODY, busy: 1 });
  });

  test("gives its turn up when its result comes in a request that it cannot go on with, and serves that", async () => {
    await using fixture = makePool({ warm: 0 });
    const parked = await fixture.park("a");
    const lease = await fixture.pool.lease({ ...parked.answered("sunny"), model: "haiku" }, REUSE);
    expectLease(lease, parked.worker);
    expect(fixture.pool.counts).toEqual({ ...NOBODY, busy: 1 });
  });

  test("gives way, when too many wait, if it waits longest; those at rest do not count", async () => {
    await using fixture = makePool({ warm: 0, maxParked: 2 });
    await fixture.rest("r");
    const [oldest, second, newest] = [await fixture.park("a"), await fixture.park("b"), await fixture.park("c")];
    await oldest.worker.exited;
    expect(fixture.pool.counts).toEqual({ ...NOBODY, ready: 1, parked: 2 });
    expect([second.worker.alive, newest.worker.alive]).toEqual([true, true]);
  });

  test("ends at once when none may wait", async () => {
    await using fixture = makePool({ warm: 0, maxParked: 0 });
    const parked = await fixture.park("a");
    await parked.worker.exited;
    expect(fixture.pool.counts).toEqual(NOBODY);
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
    expectLease(lease, fixture.worker(1));
  });
});

test("a reset leaves a process its turn that waits for a result", async () => {
  await using fixture = makePool({ warm: 0 });
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
  const ask = { ...demand(user("a")), delivery: undefined, keep: 0, ownIds: new Map(), ...PATIENCE };
  await expect(worker.resume(ask)).rejects.toThrow("there is no turn to go on with");
});
