import { describe, expect, test } from "bun:test";
import type { WorkerPool } from "../../../src/claude/pool/worker-pool.ts";
import { until } from "../../support/wait.ts";
import { ANSWERED, demand, makePool, user } from "./pool-fixture.ts";

const REUSE = { fresh: false };
const FRESH = { fresh: true };

const ready = (pool: WorkerPool, count = 1) => until(() => pool.counts.ready === count, `${count} processes are ready`);

/** What a promise is rejected with. */
const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => `not refused, but ${value}`,
    (error) => error,
  );

describe("processes are kept ready:", () => {
  test("as many as wanted, not one more, and what they report of models is passed on", async () => {
    await using fixture = makePool({ warm: 2 });
    const { pool } = fixture;
    expect(pool.counts).toEqual({ starting: 0, ready: 0, busy: 0, parked: 0 });
    pool.refill();
    pool.refill();
    expect(pool.counts).toEqual({ starting: 2, ready: 0, busy: 0, parked: 0 });
    await ready(pool, 2);
    pool.refill();
    expect(pool.counts).toEqual({ starting: 0, ready: 2, busy: 0, parked: 0 });
    expect(fixture.workers).toHaveLength(2);
    expect(fixture.reports).toEqual([[{ value: "opus" }], [{ value: "opus" }]]);
  });

  test("one that is ready is handed out at once, and replaced", async () => {
    await using fixture = makePool();
    const { pool } = fixture;
    pool.refill();
    await ready(pool);
    const lease = await fixture.lease("a");
    expect(lease).toEqual({ worker: fixture.worker(0), keep: 0, resume: false });
    expect(fixture.workers).toHaveLength(1);
    expect(pool.counts).toEqual({ starting: 0, ready: 0, busy: 1, parked: 0 });
    pool.refill();
    await ready(pool);
    expect(pool.counts).toEqual({ starting: 0, ready: 1, busy: 1, parked: 0 });
    expect((await fixture.lease("b")).worker).toBe(fixture.worker(1));
  });

  test("with the model that was asked last, or the CLI's own before the first request", async () => {
    await using fixture = makePool();
    const { pool } = fixture;
    pool.refill();
    await ready(pool);
    await pool.lease({ ...demand(user("a")), model: "haiku" }, REUSE);
    pool.refill();
    expect(fixture.models).toEqual([undefined, "haiku"]);
  });

  test("one that was lent and not used is ready again, and ended when there are enough", async () => {
    await using fixture = makePool();
    const { pool } = fixture;
    const first = await fixture.lease("a");
    const second = await fixture.lease("b");
    pool.release(first.worker);
    pool.release(second.worker);
    expect(pool.counts).toEqual({ starting: 0, ready: 1, busy: 0, parked: 0 });
    await second.worker.exited;
    expect((await fixture.lease("c")).worker).toBe(first.worker);
  });

  test("one that dies meanwhile is never handed out", async () => {
    await using fixture = makePool();
    const { pool } = fixture;
    pool.refill();
    await ready(pool);
    process.kill(fixture.worker(0).pid, "SIGKILL");
    await fixture.worker(0).exited;
    expect(pool.counts.ready).toBe(0);
    expect((await fixture.lease("a")).worker).toBe(fixture.worker(1));
  });

  test("one that broke the protocol is never handed out, even while it has not gone yet", async () => {
    await using fixture = makePool();
    const { pool } = fixture;
    fixture.plan.push("babbler-warm");
    pool.refill();
    await ready(pool);
    fixture.open("babble");
    await until(() => fixture.worker(0).alive === false, "the process broke the protocol");
    const { worker } = await fixture.lease("a");
    expect(worker.alive).toBeTrue();
    fixture.open("leave");
  });

  test("once somebody waits for it, one is", async () => {
    await using fixture = makePool({ warm: 0 });
    await fixture.pool.ensureReady();
    expect(fixture.pool.counts).toEqual({ starting: 0, ready: 1, busy: 0, parked: 0 });
    expect((await fixture.lease("a")).worker).toBe(fixture.worker(0));
  });
});

describe("a request for which no process is ready", () => {
  test("gets the next that boots; those who wait get them in the order in which they came", async () => {
    await using fixture = makePool({ warm: 0 });
    fixture.plan.push("slow", "now");
    const first = fixture.lease("a");
    const second = fixture.lease("b");
    expect(fixture.pool.counts).toEqual({ starting: 2, ready: 0, busy: 0, parked: 0 });
    expect((await first).worker).toBe(fixture.worker(1));
    fixture.open("slow");
    expect((await second).worker).toBe(fixture.worker(0));
    expect(fixture.pool.counts).toEqual({ starting: 0, ready: 0, busy: 2, parked: 0 });
  });

  test("takes the one that is starting anyway, instead of starting one more", async () => {
    await using fixture = makePool();
    fixture.plan.push("slow");
    fixture.pool.refill();
    const waiting = fixture.lease("a");
    expect(fixture.workers).toHaveLength(1);
    fixture.open("slow");
    expect((await waiting).worker).toBe(fixture.worker(0));
  });

  test("does not count on the one that is starting for another request alone", async () => {
    await using fixture = makePool({ warm: 0 });
    fixture.plan.push("never");
    const fresh = refusal(fixture.lease("a", FRESH));
    const waiting = refusal(fixture.lease("b"));
    const started = fixture.workers.length;
    await fixture.pool.close();
    await Promise.all([fresh, waiting]);
    expect(started).toBe(2);
  });

  test("is told when its process does not boot, with what that said; the next request gets a new one", async () => {
    await using fixture = makePool({ warm: 0 });
    fixture.plan.push("broken");
    const waiting = refusal(fixture.lease("a"));
    fixture.open("broken", "native binary not installed");
    expect(await waiting).toMatchObject({
      name: "ApiError",
      code: "cli_failed",
      message: expect.stringMatching(/did not start: .*exited with code 3: native binary not installed/),
    });
    expect(fixture.log.join("")).toContain("claude did not start");
    expect(fixture.pool.counts).toEqual({ starting: 0, ready: 0, busy: 0, parked: 0 });
    expect((await fixture.lease("a")).worker).toBe(fixture.worker(1));
  });

  test("is told when no process can even be started, for that very reason", async () => {
    await using fixture = makePool();
    const missing = new Error("no installation");
    fixture.plan.push(missing, missing, missing);
    expect(await refusal(fixture.lease("a"))).toBe(missing);
    expect(await refusal(fixture.lease("a", FRESH))).toBe(missing);
    fixture.pool.refill();
    expect(fixture.pool.counts).toEqual({ starting: 0, ready: 0, busy: 0, parked: 0 });
    expect((await fixture.lease("a")).worker).toBe(fixture.worker(0));
  });

  test("that asks for a fresh one gets the one started for it, whatever is ready", async () => {
    await using fixture = makePool();
    const { pool } = fixture;
    pool.refill();
    await ready(pool);
    await fixture.rest("a");
    const lease = await pool.lease(demand(user("a"), ANSWERED, user("b")), FRESH);
    expect(lease).toEqual({ worker: fixture.worker(2), keep: 0, resume: false });
    expect(pool.counts).toEqual({ starting: 0, ready: 2, busy: 1, parked: 0 });
  });
});

test("a process that does not boot while nobody waits harms nobody", async () => {
  await using fixture = makePool();
  fixture.plan.push("broken");
  fixture.open("broken", "oops");
  fixture.pool.refill();
  await until(() => fixture.pool.counts.starting === 0, "the process failed");
  expect(fixture.pool.counts).toEqual({ starting: 0, ready: 0, busy: 0, parked: 0 });
  expect((await fixture.lease("a")).worker).toBe(fixture.worker(1));
});
