import { describe, expect, test } from "bun:test";
import { BLANK_PROFILE } from "../../../src/claude/pool/profile.ts";
import { until } from "../../support/wait.ts";
import { ANSWERED, demand, expectLease, FRESH, makePool, NOBODY, REUSE, ready, user } from "./pool-fixture.ts";
import { profileFor } from "./turns.ts";

describe("a new process", () => {
  test("that nobody waits for is made ready, and remembers nothing of it", async () => {
    await using fixture = makePool();
    fixture.pool.refill();
    await ready(fixture.pool);
    const worker = fixture.worker(0);
    expect([worker.profile, worker.transcript, worker.alive]).toEqual([BLANK_PROFILE, [], true]);
    expect(worker.settings).toBeDefined();
  });

  test("counts as starting until it is ready", async () => {
    await using fixture = makePool();
    fixture.plan.push("slow-start");
    fixture.pool.refill();
    await until(() => fixture.reports.length === 1, "it is up");
    expect(fixture.pool.counts).toEqual({ ...NOBODY, starting: 1 });
    fixture.pool.refill();
    expect(fixture.workers).toHaveLength(1);
    fixture.open("slow-start");
    await ready(fixture.pool);
  });

  test("that somebody waits for is handed over as it is", async () => {
    await using fixture = makePool({ warm: 0 });
    for (const options of [REUSE, FRESH]) {
      const { worker } = await fixture.lease("a", options);
      expect([worker.profile, worker.settings]).toEqual([undefined, undefined]);
    }
  });

  test("is handed over as it is to those who waited for the models, too", async () => {
    await using fixture = makePool({ warm: 0 });
    fixture.plan.push("slow-start");
    await fixture.pool.ensureReady();
    expectLease(await fixture.lease("a"), fixture.worker(0));
    expect(fixture.worker(0).profile).toBeUndefined();
    fixture.open("slow-start");
  });

  test("is left as it is, where it could not be bound anew", async () => {
    await using fixture = makePool({ rebinds: false });
    fixture.pool.refill();
    await ready(fixture.pool);
    expect(fixture.worker(0).profile).toBeUndefined();
    expectLease(await fixture.leaseStructured("a"), fixture.worker(0));
  });
});

describe("a process that was made ready", () => {
  test("serves any request without a schema: another system prompt, tools, another model", async () => {
    await using fixture = makePool();
    fixture.pool.refill();
    await ready(fixture.pool);
    const tools = [{ name: "f", parameters: { type: "object" } }];
    const profile = profileFor("Be long.", { tools });
    const asked = { ...demand(user("a")), profile, model: "haiku" };
    const { worker, keep, ownIds } = await fixture.pool.lease(asked, REUSE);
    expect(worker).toBe(fixture.worker(0));
    const run = await worker.ask({ ...asked, keep, ownIds, delivery: undefined, silenceTimeoutMs: 60_000 });
    expect(await run.outcome).toBe("clean");
    expect([worker.profile, worker.model]).toEqual([profile, "haiku"]);
  });

  test("is not given to a request with a schema, which gets one of its own", async () => {
    await using fixture = makePool();
    fixture.pool.refill();
    await ready(fixture.pool);
    expectLease(await fixture.leaseStructured("a"), fixture.worker(1));
    expect(fixture.worker(1).profile).toBeUndefined();
    expect(fixture.pool.counts).toEqual({ ...NOBODY, ready: 1, busy: 1 });
  });

  test("is not given to one that counted on it while it was made ready: that gets one of its own after all", async () => {
    await using fixture = makePool();
    fixture.plan.push("slow-start");
    fixture.pool.refill();
    await until(() => fixture.reports.length === 1, "it is up");
    const waiting = fixture.leaseStructured("a");
    expect(fixture.workers).toHaveLength(1);
    fixture.open("slow-start");
    expectLease(await waiting, fixture.worker(1));
    expect(fixture.pool.counts).toEqual({ ...NOBODY, ready: 1, busy: 1 });
  });

  test("is given to one that came while it was made ready", async () => {
    await using fixture = makePool();
    fixture.plan.push("slow-start");
    fixture.pool.refill();
    await until(() => fixture.reports.length === 1, "it is up");
    const waiting = fixture.lease("a");
    fixture.open("slow-start");
    expectLease(await waiting, fixture.worker(0));
    expect(fixture.worker(0).profile).toEqual(BLANK_PROFILE);
  });
});

describe("a process that cannot be made ready", () => {
  test("is ended, and replaced after a while", async () => {
    await using fixture = makePool({ retryMs: 1 });
    fixture.plan.push("stubborn");
    fixture.pool.refill();
    await fixture.worker(0).exited;
    await ready(fixture.pool);
    expectLease(await fixture.lease("a"), fixture.worker(1));
    expect(fixture.log.join("")).toContain("could not be made ready");
    expect(fixture.pool.problem).toBeUndefined();
  });

  test("is not replaced at once: others like it would be started without end", async () => {
    await using fixture = makePool();
    fixture.plan.push("stubborn", "stubborn");
    fixture.pool.refill();
    await fixture.worker(0).exited;
    await until(() => fixture.pool.counts.starting === 0, "it was given up");
    await Bun.sleep(0);
    expect(fixture.workers).toHaveLength(1);
    expect(fixture.pool.counts).toEqual(NOBODY);
  });

  test("is replaced at once for a request that counted on it", async () => {
    await using fixture = makePool();
    fixture.plan.push("slow-start");
    fixture.pool.refill();
    await until(() => fixture.reports.length === 1, "it is up");
    const waiting = fixture.lease("a");
    process.kill(fixture.worker(0).pid, "SIGKILL");
    expectLease(await waiting, fixture.worker(1));
    expect(fixture.pool.counts).toEqual({ ...NOBODY, busy: 1 });
  });

  test("does not fail those who wait for another one to be up", async () => {
    await using fixture = makePool({ warm: 2 });
    fixture.plan.push("slow-start", "later");
    fixture.pool.refill();
    await until(() => fixture.reports.length === 1, "one is up");
    const waiting = fixture.pool.ensureReady();
    process.kill(fixture.worker(0).pid, "SIGKILL");
    await fixture.worker(0).exited;
    await until(() => fixture.pool.counts.starting === 1, "it was given up");
    fixture.open("later");
    await waiting;
    await ready(fixture.pool);
  });
});

describe("a process that rests", () => {
  test("is given another system prompt, and forgets its conversation, when that is short", async () => {
    await using fixture = makePool();
    const resting = await fixture.rest("a");
    fixture.pool.refill();
    await ready(fixture.pool, 2);
    const asked = { ...demand(user("b")), profile: profileFor("Be long."), model: "haiku" };
    const { worker, keep, ownIds } = await fixture.pool.lease(asked, REUSE);
    expect([worker === resting, keep]).toEqual([true, 0]);
    const run = await worker.ask({ ...asked, keep, ownIds, delivery: undefined, silenceTimeoutMs: 60_000 });
    expect(await run.outcome).toBe("clean");
    expect(worker.transcript.map(({ turn }) => turn)).toEqual([user("b"), ANSWERED]);
    expect([worker.profile?.system, worker.model]).toEqual(["Be long.", "haiku"]);
  });

  test("keeps a long conversation while another one is ready", async () => {
    await using fixture = makePool();
    const long = "a".repeat(5_000);
    const resting = await fixture.rest(long);
    fixture.pool.refill();
    await ready(fixture.pool, 2);
    expectLease(await fixture.lease("b"), fixture.worker(1));
    expectLease(await fixture.pool.lease(demand(user(long), ANSWERED, user("c")), REUSE), resting, { keep: 2 });
  });

  test("is never bound anew where the CLI cannot do that", async () => {
    await using fixture = makePool({ warm: 0, rebinds: false });
    await fixture.rest("a", profileFor("Be long."));
    expectLease(await fixture.lease("b"), fixture.worker(1));
  });
});
