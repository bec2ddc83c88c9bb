import { afterEach, describe, expect, jest, test } from "bun:test";
import { RestingWorkers } from "../../../src/claude/pool/resting-workers.ts";
import type { Worker } from "../../../src/claude/pool/worker.ts";
import { makePool, type PoolFixture, user } from "./pool-fixture.ts";

afterEach(() => void jest.useRealTimers());

function rest({ keep = 0, timeoutMs = 1000 } = {}) {
  const retired: Worker[] = [];
  return { retired, resting: new RestingWorkers({ keep, timeoutMs, onRetire: (worker) => void retired.push(worker) }) };
}

/** Processes that were asked, and that nobody else has. */
async function ask(fixture: PoolFixture, ...texts: string[]): Promise<Worker[]> {
  const leases = await Promise.all(texts.map((text) => fixture.lease(text, { fresh: true })));
  await Promise.all(leases.map((lease, index) => fixture.ask(lease, user(texts[index] ?? ""))));
  return leases.map(({ worker }) => worker);
}

/** A test with so many processes at hand. */
const withWorkers = (count: number, body: (...workers: Worker[]) => void | Promise<void>) => async () => {
  await using fixture = makePool({ warm: 0 });
  const workers = await ask(fixture, ...Array.from({ length: count }, (_, index) => `question ${index}`));
  await body(...workers);
  jest.useRealTimers();
};

describe("resting processes", () => {
  test(
    "are told in the order in which they came",
    withWorkers(2, (...workers) => {
      const { resting } = rest();
      for (const worker of workers) resting.add(worker);
      expect(resting.usable).toEqual(workers);
      expect(resting.usable[0]).toBe(workers[0]);
      expect(resting.size).toBe(2);
    }),
  );

  test(
    "give way one by one, the one that rests longest first",
    withWorkers(2, (...workers) => {
      const { resting, retired } = rest();
      for (const worker of workers) resting.add(worker);
      expect([resting.retireOldest(), resting.usable[0] === workers[1]]).toEqual([true, true]);
      expect([resting.retireOldest(), resting.retireOldest(), resting.size]).toEqual([true, false, 0]);
      expect(retired.map(({ pid }) => pid)).toEqual(workers.map(({ pid }) => pid));
    }),
  );

  test(
    "stay, however long they rest, if they are no more than are kept; beyond that their time counts anew",
    withWorkers(2, (first, second) => {
      if (!first || !second) throw new Error("there are two");
      jest.useFakeTimers();
      const { resting, retired } = rest({ keep: 1, timeoutMs: 1000 });
      resting.add(first);
      jest.advanceTimersByTime(2500);
      expect(retired).toEqual([]);
      resting.add(second);
      jest.advanceTimersByTime(499);
      expect(resting.size).toBe(2);
      jest.advanceTimersByTime(1);
      expect(retired[0]).toBe(first);
      jest.advanceTimersByTime(9999);
      expect(resting.usable[0]).toBe(second);
      expect(retired).toHaveLength(1);
      resting.clear();
    }),
  );

  test(
    "each end when their own time is over",
    withWorkers(2, (...workers) => {
      jest.useFakeTimers();
      const { resting, retired } = rest({ timeoutMs: 1000 });
      for (const worker of workers) {
        resting.add(worker);
        jest.advanceTimersByTime(400);
      }
      jest.advanceTimersByTime(199);
      expect(retired).toEqual([]);
      jest.advanceTimersByTime(1);
      expect(retired).toEqual(workers.slice(0, 1));
      jest.advanceTimersByTime(400);
      expect(retired).toEqual(workers);
    }),
  );

  test(
    "leave no timer behind when they are taken out, one or all",
    withWorkers(3, (...workers) => {
      jest.useFakeTimers();
      const { resting, retired } = rest({ keep: 3 });
      for (const worker of workers) resting.add(worker);
      const [first] = workers;
      expect(first && resting.remove(first)).toBeTrue();
      expect(resting.clear()).toEqual(workers.slice(1));
      expect(jest.getTimerCount()).toBe(0);
      jest.advanceTimersByTime(5000);
      expect(retired).toEqual([]);
      expect(resting.clear()).toEqual([]);
    }),
  );

  test(
    "can be taken out once",
    withWorkers(2, (one, other) => {
      if (!one || !other) throw new Error("there are two");
      const { resting } = rest();
      resting.add(one);
      expect([resting.remove(other), resting.remove(one), resting.remove(one)]).toEqual([false, true, false]);
    }),
  );

  test(
    "that are dead cannot be used, but still count until they are taken out",
    withWorkers(2, async (dead, alive) => {
      if (!dead || !alive) throw new Error("there are two");
      const { resting, retired } = rest();
      resting.add(dead);
      resting.add(alive);
      await dead.terminate();
      expect(resting.usable).toEqual([alive]);
      expect(resting.size).toBe(2);
      expect(resting.remove(dead)).toBeTrue();
      expect(retired).toEqual([]);
    }),
  );
});
