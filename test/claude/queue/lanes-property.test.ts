import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Asker, keptPlaces, Lanes } from "../../../src/claude/queue/lanes.ts";

// Whatever comes, ends and leaves in whatever order.

type Numbered = Asker & { readonly number: number };
type Step = readonly [what: "come" | "end" | "leave", client: string, kind: string, isBatch: boolean, pick: number];

const STEPS: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom("come" as const, "come" as const, "end" as const, "leave" as const),
    fc.constantFrom("a", "a", "a", "b", "c"),
    fc.constantFrom("x", "y"),
    fc.boolean(),
    fc.nat(1000),
  ),
  { maxLength: 200 },
);
const LIMITS = fc
  .record({ places: fc.integer({ min: 1, max: 12 }), maxWaiting: fc.integer({ min: 0, max: 30 }) })
  .map((limits) => ({ ...limits, kept: keptPlaces(limits.places) }));

/** What is known of a run without looking into the lanes. */
class Run {
  readonly lanes: Lanes<Numbered>;
  readonly limits: ConstructorParameters<typeof Lanes>[0];
  readonly running: Numbered[] = [];
  readonly waiting: Numbered[] = [];
  #count = 0;

  constructor(limits: ConstructorParameters<typeof Lanes>[0]) {
    this.limits = limits;
    this.lanes = new Lanes(limits);
  }

  do([what, client, kind, isBatch, pick]: Step): Numbered[] {
    if (what === "come") {
      const asker = { client, kind, isBatch, number: this.#count++ };
      if (!this.lanes.hasRoom(asker)) return [];
      this.lanes.add(asker);
      this.waiting.push(asker);
    } else if (what === "end") {
      const [ended] = this.running.splice(pick % Math.max(1, this.running.length), 1);
      if (ended) this.lanes.end(ended);
    } else {
      const [left] = this.waiting.splice(pick % Math.max(1, this.waiting.length), 1);
      if (left) this.lanes.leave(left);
    }
    return this.start();
  }

  start(): Numbered[] {
    const started: Numbered[] = [];
    for (let next = this.lanes.next(); next; next = this.lanes.next()) {
      const { asker } = next;
      expect(next.beside).toBe(this.running.filter(({ client }) => client === asker.client).length);
      this.waiting.splice(this.waiting.indexOf(asker), 1);
      this.running.push(asker);
      started.push(asker);
    }
    return started;
  }

  of(client: string) {
    const isOwn = (asker: Numbered) => asker.client === client;
    return { running: this.running.filter(isOwn), waiting: this.waiting.filter(isOwn) };
  }
}

const everyRun = (check: (run: Run, step: Step, started: readonly Numbered[]) => void) =>
  fc.assert(
    fc.property(LIMITS, STEPS, (limits, steps) => {
      const run = new Run(limits);
      for (const step of steps) check(run, step, run.do(step));
    }),
    { numRuns: 100 },
  );

test("no more run, and no more wait, than may, and both are counted", () => {
  everyRun(({ lanes, limits, running, waiting }) => {
    expect([lanes.running, lanes.waiting]).toEqual([running.length, waiting.length]);
    expect(running.length).toBeLessThanOrEqual(limits.places);
    expect(waiting.length).toBeLessThanOrEqual(limits.maxWaiting);
  });
});

test("a client alone leaves the places free that are kept from it, and from its batch", () => {
  everyRun((run, _, started) => {
    const { places, kept } = run.limits;
    for (const { client, isBatch } of started) {
      const own = run.of(client).running;
      if (own.length > 1) expect(own.length).toBeLessThanOrEqual(places - kept.fromClient);
      const batch = own.filter((other) => other.isBatch);
      if (isBatch && batch.length > 1) expect(batch.length).toBeLessThanOrEqual(places - kept.fromBatch);
    }
  });
});

test("a place that is free is given to a client of whom nothing runs", () => {
  everyRun((run) => {
    if (run.running.length === run.limits.places) return;
    const idle = run.waiting.filter(({ client }) => run.of(client).running.length === 0);
    expect(idle).toEqual([]);
  });
});

test("there is always room to wait for a client of whom nothing waits, up to the most that may", () => {
  everyRun((run) => {
    const newcomer = { client: "new", kind: "", isBatch: true, number: -1 };
    const isFull = run.running.length === run.limits.places && run.waiting.length === run.limits.maxWaiting;
    expect(run.lanes.hasRoom(newcomer)).toBe(!isFull);
  });
});

test("room that is told for several is there", () => {
  fc.assert(
    fc.property(LIMITS, STEPS, fc.integer({ min: 1, max: 12 }), fc.boolean(), (limits, steps, count, isBatch) => {
      const run = new Run(limits);
      for (const step of steps) run.do(step);
      if (!run.lanes.hasRoom({ client: "a", kind: "x", isBatch }, count)) return;
      for (let n = 0; n < count; n++) {
        const before = run.running.length + run.waiting.length;
        run.do(["come", "a", "x", isBatch, 0]);
        expect(run.running.length + run.waiting.length).toBe(before + 1);
      }
    }),
    { numRuns: 100 },
  );
});

test("of one client's work of one kind, what came first starts first", () => {
  everyRun((run, _, started) => {
    for (const { client, kind, isBatch, number } of started) {
      const earlier = run.waiting.filter(
        (other) => other.client === client && other.kind === kind && other.isBatch === isBatch && other.number < number,
      );
      expect(earlier).toEqual([]);
    }
  });
});

test("nobody starves: whoever waits starts while others come without end, as long as turns end", () => {
  fc.assert(
    fc.property(LIMITS, STEPS, fc.boolean(), (limits, steps, isBatch) => {
      const run = new Run({ ...limits, maxWaiting: 30 });
      for (const step of steps) run.do(step);
      const mine = { client: "a", kind: "mine", isBatch, number: -1 };
      if (!run.lanes.hasRoom(mine)) return;
      run.lanes.add(mine);
      run.waiting.push(mine);
      run.start();
      // Everybody else asks again and again, most of all the same client, for what comes first in its lane.
      for (let turns = 0; run.waiting.includes(mine) && turns < 1000; turns++) {
        for (const client of ["a", "a", "b", "c"]) run.do(["come", client, "others", false, 0]);
        run.do(["end", "", "", false, turns]);
      }
      expect(run.waiting).not.toContain(mine);
    }),
    { numRuns: 100 },
  );
});

test("all that has come has started once all that runs has ended", () => {
  fc.assert(
    fc.property(LIMITS, STEPS, (limits, steps) => {
      const run = new Run(limits);
      for (const step of steps) run.do(step);
      while (run.running.length > 0) run.do(["end", "", "", false, 0]);
      expect(run.waiting).toEqual([]);
      expect([run.lanes.running, run.lanes.waiting]).toEqual([0, 0]);
    }),
    { numRuns: 100 },
  );
});
