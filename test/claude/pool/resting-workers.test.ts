import { afterEach, describe, expect, jest, test } from "bun:test";
import { RestingWorkers } from "../../../src/claude/pool/resting-workers.ts";
import type { Worker } from "../../../src/claude/pool/worker.ts";
import { ANSWERED, makePool, type PoolFixture, PROFILE, user } from "./pool-fixture.ts";
import { SETTINGS } from "./turns.ts";

afterEach(() => void jest.useRealTimers());

function rest({ max = 2, timeoutMs = 1000 } = {}) {
  const retired: Worker[] = [];
  return { retired, resting: new RestingWorkers({ max, timeoutMs, onRetire: (worker) => void retired.push(worker) }) };
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

const workersOf = (resting: RestingWorkers) => resting.usable.map(({ worker }) => worker);

describe("resting processes", () => {
  test(
    "are remembered with what the choice among them needs, as it is when they come",
    withWorkers(1, (worker) => {
      if (!worker) throw new Error("there is one");
      const { resting } = rest();
      resting.add(worker);
      expect(resting.usable).toMatchObject([
        { worker, profile: PROFILE, settings: SETTINGS, model: "opus", openCalls: new Set() },
      ]);
      expect(resting.usable[0]?.transcript.map(({ turn }) => turn)).toEqual([user("question 0"), ANSWERED]);
    }),
  );

  test(
    "are bounded: one more ends the one that rests longest",
    withWorkers(3, (...workers) => {
      const { resting, retired } = rest({ max: 2 });
      for (const worker of workers) resting.add(worker);
      expect(retired).toEqual(workers.slice(0, 1));
      expect(workersOf(resting)).toEqual(workers.slice(1));
      expect(resting.size).toBe(2);
    }),
  );

  test(
    "may be none at all",
    withWorkers(1, (...workers) => {
      const { resting, retired } = rest({ max: 0 });
      for (const worker of workers) resting.add(worker);
      expect(retired).toEqual(workers);
      expect(resting.size).toBe(0);
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
      const { resting, retired } = rest({ max: 3 });
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
      expect(workersOf(resting)).toEqual([alive]);
      expect(resting.size).toBe(2);
      expect(resting.remove(dead)).toBeTrue();
      expect(retired).toEqual([]);
    }),
  );
});

test("a process that was never asked cannot rest: nobody knows whom it could serve", async () => {
  await using fixture = makePool({ warm: 0 });
  const { worker } = await fixture.lease("a");
  const { resting } = rest();
  expect(() => resting.add(worker)).toThrow("only a process that was asked can rest");
  expect(resting.size).toBe(0);
});
