import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { nextTick } from "../../../src/claude/pool/pool-needs.ts";
import { reducePool } from "../../../src/claude/pool/pool-reducer.ts";
import {
  EMPTY_POOL,
  type PoolEffect,
  type PoolEvent,
  type PoolLimits,
  type PoolState,
  type PoolStep,
  type PoolWorker,
  restingOf,
  totalOf,
  type Waiter,
} from "../../../src/claude/pool/pool-state.ts";
import { ApiError } from "../../../src/core/error.ts";
import { demand, rememberTexts, turnsOf, view } from "./policy-fixture.ts";

type Named = PoolWorker & { readonly name: string };

const PROBLEM = new ApiError("cli_failed", "It did not start.");
const LIMITS: PoolLimits = {
  warm: 0,
  maxWorkers: 3,
  maxStarting: 2,
  idleTimeoutMs: 60_000,
  maxParked: 1,
  parkTimeoutMs: 30_000,
  retryMs: 3_000,
};
const HEAVY = rememberTexts("x".repeat(5_000), "<y>");

/** A pool whose clock goes by hand, and whose processes are no more than what is known of them. */
class FakePool {
  state: PoolState<Named> = { ...EMPTY_POOL, workers: new Map() };
  now = 0;
  room = true;
  /** Whether what is to be started fails at once. */
  startsFail = false;
  readonly effects: PoolEffect<Named>[] = [];
  readonly #limits: PoolLimits;
  #count = 0;

  constructor(limits: Partial<PoolLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  get nextTick(): number | undefined {
    return nextTick(this.state, this.#limits, { now: this.now, hasRoom: () => this.room });
  }

  /** Takes an event, and starts what is to be started. */
  send(event: PoolEvent<Named>): string[] {
    const before = this.effects.length;
    for (let next: PoolEvent<Named> | undefined = event; next !== undefined; ) {
      const step: PoolStep<Named> = reducePool(this.state, next, this.#limits, {
        now: this.now,
        hasRoom: () => this.room,
      });
      this.state = step.state;
      this.effects.push(...step.effects);
      const starts = step.effects.filter((effect) => effect.type === "start");
      expect(starts.length).toBeLessThanOrEqual(1);
      const [start] = starts;
      if (start === undefined) break;
      const { own } = start;
      expect(this.effects.length - before).toBeLessThan(20);
      next = this.startsFail
        ? { type: "start-failed", problem: PROBLEM, own }
        : { type: "started", worker: this.worker(`w${++this.#count}`), own };
    }
    return this.effects.slice(before).map((effect) => this.told(effect));
  }

  worker(name: string, fields: Partial<PoolWorker> = {}): Named {
    return { ...view({ transcript: [], settings: undefined }), alive: true, isWorn: false, name, ...fields };
  }

  /** One that rests, as it is after a turn. */
  resting(name: string, fields: Partial<PoolWorker> = {}): Named {
    const settings = demand([]).settings;
    const worker = this.worker(name, { transcript: rememberTexts(name, "<y>"), settings, ...fields });
    this.state = {
      ...this.state,
      workers: new Map([...this.state.workers, [worker, { type: "answering", since: 0 }]]),
    };
    this.send({ type: "released", worker });
    return worker;
  }

  get names(): string[] {
    return [...this.state.workers].map(([{ name }, { type }]) => `${name} ${type}`);
  }

  get booting(): Named {
    const found = [...this.state.workers].find(([, { type }]) => type === "booting");
    if (found === undefined) throw new Error("none boots");
    return found[0];
  }

  told(effect: PoolEffect<Named>): string {
    if (effect.type === "end") return `${effect.how} ${effect.worker.name}`;
    if (effect.type === "lend") return `lend ${effect.choice.worker.name} to ${effect.waiter.id}`;
    return "waiter" in effect ? `${effect.type} ${effect.waiter.id}` : effect.type;
  }
}

const asking = (id: number, text = `question ${id}`): Waiter => ({ id, demand: demand(turnsOf(text)) });

test("beside a process that is late, another start is tried once in a while, though each fails at once", () => {
  const pool = new FakePool();
  pool.send({ type: "asked", waiter: asking(1) });
  pool.now = 5_000;
  pool.startsFail = true;
  expect(pool.send({ type: "tick" })).toEqual(["start"]);
  expect([pool.send({ type: "tick" }), pool.nextTick]).toEqual([[], 5_000 + LIMITS.retryMs]);
  pool.now = pool.nextTick ?? 0;
  expect(pool.send({ type: "tick" })).toEqual(["start"]);
  expect(pool.send({ type: "booted", worker: pool.booting })).toEqual(["lend w1 to 1"]);
});

describe("processes that nobody waits for", () => {
  test("are started as soon as they are lacking, one after the other", () => {
    const pool = new FakePool({ warm: 2 });
    expect(pool.send({ type: "tick" })).toEqual(["start", "start"]);
    expect(pool.send({ type: "tick" })).toEqual([]);
  });

  test("are put off while a request waits for its first token, for a second at the most", () => {
    const pool = new FakePool({ warm: 1 });
    pool.send({ type: "asked", waiter: asking(1) });
    expect(pool.send({ type: "booted", worker: pool.booting })).toEqual(["lend w1 to 1"]);
    expect(pool.nextTick).toBe(1_000);
    pool.now = 1_000;
    expect(pool.send({ type: "tick" })).toEqual(["start"]);
  });

  test("are as many as the recent past needed at once, light idle ones included", () => {
    const pool = new FakePool({ warm: 1, maxWorkers: 8 });
    pool.state = { ...pool.state, peak: { count: 4, at: 0 } };
    pool.resting("light");
    expect(pool.state.workers.size).toBe(4);
    const later = new FakePool({ warm: 1, maxWorkers: 8 });
    later.state = { ...later.state, peak: { count: 4, at: -300_000 } };
    later.send({ type: "tick" });
    expect(later.state.workers.size).toBe(2);
  });
});

describe("a process that boots", () => {
  test("late is joined by a second one, once", () => {
    const pool = new FakePool();
    expect(pool.send({ type: "asked", waiter: asking(1) })).toEqual(["start"]);
    pool.now = 4_999;
    expect(pool.send({ type: "tick" })).toEqual([]);
    pool.now = 5_000;
    expect(pool.send({ type: "tick" })).toEqual(["start"]);
    pool.now = 20_000;
    expect(pool.send({ type: "tick" })).toEqual([]);
  });

  test("late is joined by a second one for who waits until any is up, and in vain is tried once more, too", () => {
    const pool = new FakePool();
    expect(pool.send({ type: "asked", waiter: { id: 1, demand: undefined } })).toEqual(["start"]);
    pool.now = 5_000;
    expect(pool.send({ type: "tick" })).toEqual(["start"]);
    pool.now = 20_000;
    expect(pool.send({ type: "tick" })).toEqual([]);
    const fail = () => pool.send({ type: "boot-failed", worker: pool.booting, problem: PROBLEM });
    expect(fail()).toEqual(["terminate w1", "start"]);
    expect(fail()).toEqual(["terminate w2", "reject 1"]);
  });

  test("in vain is tried once more before the one who waits is told", () => {
    const pool = new FakePool();
    pool.send({ type: "asked", waiter: asking(1) });
    const fail = () => pool.send({ type: "boot-failed", worker: pool.booting, problem: PROBLEM });
    expect(fail()).toEqual(["terminate w1", "start"]);
    expect(fail()).toEqual(["terminate w2", "reject 1"]);
  });

  test("for one alone is tried once more, too, but not from a transcript, which is read once", () => {
    const pool = new FakePool();
    const fail = () => pool.send({ type: "boot-failed", worker: pool.booting, problem: PROBLEM });
    pool.send({ type: "asked-own", waiter: asking(1) });
    expect([fail(), fail()]).toEqual([
      ["terminate w1", "start"],
      ["terminate w2", "reject 1"],
    ]);
    pool.send({ type: "asked-own", waiter: { ...asking(2), hasFailed: true } });
    expect(fail()).toEqual(["terminate w3", "reject 2"]);
  });

  test("and could not even be spawned is told at once", () => {
    const pool = new FakePool();
    const step = pool.send({ type: "start-failed", problem: PROBLEM, own: asking(1) });
    expect(step).toEqual(["reject 1"]);
  });
});

describe("of processes that rest", () => {
  test("each ends when its own time is over, and a parked one is abandoned", () => {
    const pool = new FakePool();
    pool.resting("a");
    pool.resting("p", { openCalls: new Set(["1"]) });
    expect(pool.nextTick).toBe(30_000);
    pool.now = 30_000;
    expect(pool.send({ type: "tick" })).toEqual(["abandon p"]);
    pool.now = 60_000;
    expect(pool.send({ type: "tick" })).toEqual(["close a"]);
  });

  test("those never asked stay, if they are no more than are kept; their time counts anew", () => {
    const pool = new FakePool({ warm: 1 });
    for (const name of ["a", "b"]) pool.resting(name, { transcript: [] });
    pool.now = 60_000;
    expect(pool.send({ type: "tick" })).toEqual(["close a"]);
    expect(pool.nextTick).toBe(120_000);
  });

  test("a light conversation gives way before a heavy one", () => {
    const pool = new FakePool({ maxWorkers: 2 });
    pool.resting("heavy", { transcript: HEAVY });
    pool.resting("light");
    expect(pool.send({ type: "asked-own", waiter: asking(1) })).toEqual(["close light", "start"]);
  });

  test("a worn one ends when it is given back with a light conversation", () => {
    const pool = new FakePool();
    pool.resting("worn", { isWorn: true });
    pool.resting("worn too", { isWorn: true, transcript: HEAVY });
    expect(pool.names).toEqual(["worn too idle"]);
  });

  test("those that are dead are not lent, and count until they are gone", () => {
    const pool = new FakePool();
    const worker = pool.resting("a");
    Object.assign(worker, { alive: false });
    expect([restingOf(pool.state).idle, totalOf(pool.state)]).toEqual([[], 1]);
    pool.send({ type: "exited", worker });
    expect(totalOf(pool.state)).toBe(0);
  });
});

test("for any events bounds hold, each who waits is answered once, each process ends once, and those gone have no effect", () => {
  const anyStep = fc.tuple(fc.nat(12), fc.nat(20), fc.boolean());
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 80 }), fc.nat(2), (steps, warm) => {
      const pool = new FakePool({ warm });
      const left = new Set<number>();
      let id = 0;
      for (const [kind, pick, flag] of steps) {
        const workers = [...pool.state.workers.keys()];
        const worker = workers[pick % Math.max(1, workers.length)] ?? pool.worker("gone");
        if (kind === 0) pool.send({ type: "asked", waiter: asking(++id) });
        else if (kind === 1) pool.send({ type: "asked-own", waiter: asking(++id) });
        else if (kind === 2) pool.send({ type: "asked", waiter: { id: ++id, demand: undefined } });
        else if (kind === 3) pool.send({ type: "boot-failed", worker, problem: PROBLEM });
        else if (kind === 4) pool.send({ type: flag ? "discarded" : "exited", worker });
        else if (kind === 5) {
          const [waiter] = pool.state.waiters;
          if (waiter) left.add(waiter.id);
          if (waiter) pool.send({ type: "left", waiter });
        } else if (kind === 6) pool.send({ type: flag ? "reset" : "tick" });
        else if (kind === 7) pool.now += pick * 1_000;
        else
          pool.send({
            type: (["booted", "prepared", "unprepared", "answering", "released"] as const)[kind - 8] ?? "tick",
            worker,
          });
        const resting = restingOf(pool.state);
        const rests = resting.idle.length + resting.parked.length + resting.warm.length;
        if (rests > 0) expect(totalOf(pool.state)).toBeLessThanOrEqual(LIMITS.maxWorkers);
      }
      pool.send({ type: "closed", why: PROBLEM });
      const ended = pool.effects.flatMap((effect) => (effect.type === "end" ? [effect.worker.name] : []));
      expect(new Set(ended).size).toBe(ended.length);
      const answered = pool.effects.flatMap((effect) => ("waiter" in effect ? [effect.waiter.id] : []));
      expect(answered.toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: id }, (_, index) => index + 1).filter((each) => !left.has(each)),
      );
      const gone = pool.worker("gone");
      for (const type of [
        "booted",
        "prepared",
        "unprepared",
        "answering",
        "released",
        "discarded",
        "exited",
      ] as const) {
        expect(pool.send({ type, worker: gone })).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});
