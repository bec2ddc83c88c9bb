import { describe, expect, test } from "bun:test";
import type { WorkerPool } from "../../../src/claude/pool/worker-pool.ts";
import { until } from "../../support/wait.ts";
import { makePool, NOBODY, ready, refusal } from "./pool-fixture.ts";

const failed = (pool: WorkerPool) => until(() => pool.problem !== undefined, "the boot failed");

describe("a process that does not boot", () => {
  test("is the pool's problem until one boots", async () => {
    await using fixture = makePool();
    const { pool } = fixture;
    expect(pool.problem).toBeUndefined();
    fixture.plan.push("broken");
    fixture.open("broken", "native binary not installed");
    pool.refill();
    await failed(pool);
    expect(pool.problem).toMatchObject({
      code: "cli_failed",
      message: expect.stringMatching(/did not start: .*exited with code 3: native binary not installed/),
    });
    await fixture.lease("a");
    expect(pool.problem).toBeUndefined();
  });

  test("since it prints to standard output is told what helps: a wrapper does so", async () => {
    await using fixture = makePool();
    fixture.plan.push("noisy");
    fixture.pool.refill();
    await failed(fixture.pool);
    expect(fixture.pool.problem?.message).toMatch(/not JSON.*wrapper script, let it print to standard error alone/);
  });

  test("is tried again without a request, until one boots", async () => {
    await using fixture = makePool({ retryMs: 1 });
    fixture.plan.push("broken", "broken", "broken");
    fixture.open("broken", "oops");
    fixture.pool.refill();
    await ready(fixture.pool);
    expect(fixture.workers).toHaveLength(4);
    expect(fixture.pool.problem).toBeUndefined();
    expect(fixture.log.filter((line) => line.includes("error claude did not start"))).toHaveLength(1);
  });

  test("is not tried again at once: a crash loop does not spin", async () => {
    await using fixture = makePool();
    fixture.plan.push("broken", "broken");
    fixture.open("broken", "oops");
    fixture.pool.refill();
    await failed(fixture.pool);
    await fixture.worker(0).exited;
    await Bun.sleep(0);
    expect(fixture.workers).toHaveLength(1);
  });

  test("is left to the next request, when none is wanted ready", async () => {
    await using fixture = makePool({ warm: 0, retryMs: 0 });
    fixture.plan.push("broken", "broken");
    fixture.open("broken", "oops");
    await fixture.lease("a").catch(() => {});
    await failed(fixture.pool);
    await Bun.sleep(20);
    expect(fixture.workers).toHaveLength(2);
  });

  test("is not tried again after close", async () => {
    await using fixture = makePool({ retryMs: 1 });
    fixture.plan.push(...Array<string>(1000).fill("broken"));
    fixture.open("broken", "oops");
    fixture.pool.refill();
    await until(() => fixture.workers.length > 1, "it was tried again");
    await fixture.pool.close();
    const started = fixture.workers.length;
    await Bun.sleep(20);
    expect(fixture.workers).toHaveLength(started);
  });
});

test("a process that could not even be started is tried again without a request", async () => {
  await using fixture = makePool({ retryMs: 1 });
  fixture.plan.push(new Error("no installation"), new Error("no installation"));
  fixture.pool.refill();
  await ready(fixture.pool);
  expect(fixture.pool.problem).toBeUndefined();
});

test("a ready process that dies is replaced without a request", async () => {
  await using fixture = makePool({ warm: 2, retryMs: 1 });
  fixture.pool.refill();
  await ready(fixture.pool, 2);
  process.kill(fixture.worker(0).pid, "SIGKILL");
  await fixture.worker(0).exited;
  await until(() => fixture.workers.length === 3, "another one was started");
  await ready(fixture.pool, 2);
});

describe("those who wait until one is up", () => {
  test("bring about one, and are told when it is", async () => {
    await using fixture = makePool({ warm: 0 });
    const { pool } = fixture;
    await Promise.all([pool.ensureReady(), pool.ensureReady(), pool.ensureReady()]);
    expect(fixture.reports).toHaveLength(1);
    expect(pool.counts).toEqual({ ...NOBODY, ready: 1 });
    await pool.ensureReady();
    expect(fixture.workers).toHaveLength(1);
  });

  test("bring about none where one is starting anyway, whoever it is for", async () => {
    await using fixture = makePool({ warm: 0 });
    fixture.plan.push("slow");
    const leased = fixture.lease("a", { fresh: true });
    const waiting = fixture.pool.ensureReady();
    expect(fixture.workers).toHaveLength(1);
    fixture.open("slow");
    await waiting;
    expect((await leased).worker).toBe(fixture.worker(0));
  });

  test("are told when two in a row do not boot, or one cannot even be started; the next brings about another", async () => {
    await using fixture = makePool({ warm: 0 });
    fixture.plan.push("broken");
    fixture.open("broken", "oops");
    await fixture.pool.ensureReady();
    fixture.pool.reset();
    fixture.plan.push("broken", "broken");
    expect(await refusal(fixture.pool.ensureReady())).toMatchObject({ code: "cli_failed" });
    const missing = new Error("no installation");
    fixture.plan.push(missing);
    expect(await refusal(fixture.pool.ensureReady())).toBe(missing);
    await fixture.pool.ensureReady();
    expect(fixture.pool.counts).toEqual({ ...NOBODY, ready: 1 });
  });
});

test("closing tells those who wait for a process of their own at once, not when that is gone", async () => {
  await using fixture = makePool({ warm: 0 });
  fixture.plan.push("deaf");
  const waiting = fixture.lease("a", { fresh: true }).catch((error: unknown) => error);
  const closed = fixture.pool.close();
  expect(await waiting).toMatchObject({ code: "shutting_down" });
  expect(fixture.worker(0).alive).toBeTrue();
  fixture.open("leave");
  await closed;
});
