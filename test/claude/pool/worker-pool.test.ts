import { describe, expect, spyOn, test } from "bun:test";
import { toolNames } from "../../support/tool-names.ts";
import { until } from "../../support/wait.ts";
import { ANSWERED, demand, expectLease, FRESH, makePool, NOBODY, REUSE, ready, refusal, user } from "./pool-fixture.ts";

describe("processes are kept ready:", () => {
  test("as many as wanted, not one more, and what they report of models is passed on", async () => {
    await using fixture = makePool({ warm: 2 });
    const { pool } = fixture;
    expect(pool.counts).toEqual(NOBODY);
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
    expectLease(lease, fixture.worker(0));
    pool.answered(lease.worker);
    expect(fixture.workers).toHaveLength(2);
    expect(pool.counts).toEqual({ starting: 1, ready: 0, busy: 1, parked: 0 });
    await ready(pool);
    expect(pool.counts).toEqual({ starting: 0, ready: 1, busy: 1, parked: 0 });
    expect((await fixture.lease("b")).worker).toBe(fixture.worker(1));
  });

  test("with the model that was asked last, or the CLI's own before the first request", async () => {
    await using fixture = makePool();
    const { pool } = fixture;
    pool.refill();
    await ready(pool);
    const { worker } = await pool.lease({ ...demand(user("a")), model: "haiku" }, REUSE);
    pool.answered(worker);
    expect(fixture.models).toEqual([undefined, "haiku"]);
  });

  test("one that was lent and not used is ready again", async () => {
    await using fixture = makePool();
    const { worker } = await fixture.lease("a");
    fixture.pool.release(worker);
    expect(fixture.pool.counts).toEqual({ ...NOBODY, ready: 1 });
    expectLease(await fixture.lease("b"), worker);
  });

  test("one that was started with a conversation, and not used, is nobody else's", async () => {
    const turns = [user("a"), ANSWERED];
    const done = async () => {};
    const place = { path: "/nowhere", waits: false, fill: done, remove: done };
    const resume = { path: place.path, at: undefined };
    const restored = { resume, turns, uuids: ["1", "2"], names: toolNames(["f"]), place, giveUp: done };
    await using fixture = makePool({ warm: 0, restore: async () => restored });
    const { pool } = fixture;
    const { worker, keep } = await pool.lease({ ...demand(...turns, user("b")), isCached: () => true }, REUSE);
    expect(keep).toBe(2);
    pool.release(worker);
    expect(pool.counts).toEqual(NOBODY);
    await worker.exited;
    expect((await fixture.lease("c")).worker).toBe(fixture.worker(1));
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

describe("a burst of requests", () => {
  test("starts as many processes as wait, and each gets one of its own", async () => {
    await using fixture = makePool({ warm: 1 });
    const waiting = ["a", "b", "c"].map((text) => fixture.lease(text));
    expect(fixture.pool.counts).toEqual({ ...NOBODY, starting: 3 });
    const leases = await Promise.all(waiting);
    expect(new Set(leases.map(({ worker }) => worker)).size).toBe(3);
    for (const { worker } of leases) fixture.pool.answered(worker);
    await ready(fixture.pool);
    expect(fixture.pool.counts).toEqual({ ...NOBODY, ready: 1, busy: 3 });
  });

  test("is served by processes that are given back before new ones are up", async () => {
    await using fixture = makePool({ warm: 0 });
    const { worker } = await fixture.lease("a");
    await fixture.ask({ worker, keep: 0, how: "new", ownIds: new Map() }, user("a"));
    fixture.plan.push("slow");
    const waiting = fixture.lease("b");
    expect(fixture.pool.counts).toEqual({ ...NOBODY, starting: 1, busy: 1 });
    fixture.pool.release(worker);
    expectLease(await waiting, worker);
    expect(fixture.pool.counts).toEqual({ ...NOBODY, starting: 1, busy: 1 });
    fixture.open("slow");
    await ready(fixture.pool);
  });

  test("gets such a process for the one who waits longest of those whom it can serve", async () => {
    await using fixture = makePool({ warm: 0 });
    const lease = await fixture.lease("a");
    await fixture.ask(lease, user("a"));
    fixture.plan.push("slow", "slow", "slow");
    const structured = fixture.leaseStructured("b");
    const [first, second] = [fixture.lease("c"), fixture.lease("d")];
    fixture.pool.release(lease.worker);
    expectLease(await first, lease.worker);
    fixture.open("slow");
    expect(new Set([(await structured).worker, (await second).worker]).size).toBe(2);
  });

  test("leaves a process resting that can serve none of those who wait", async () => {
    await using fixture = makePool({ warm: 0, rebinds: false });
    const lease = await fixture.lease("a");
    await fixture.ask(lease, user("a"));
    fixture.plan.push("slow");
    const waiting = fixture.leaseStructured("b");
    fixture.pool.release(lease.worker);
    expect(fixture.pool.counts).toEqual({ ...NOBODY, starting: 1, ready: 1 });
    fixture.open("slow");
    expectLease(await waiting, fixture.worker(1));
  });
});

describe("a burst of requests", () => {
  test("starts no more processes at a time than may start together, and each gets one in the end", async () => {
    await using fixture = makePool({ warm: 0, maxStarting: 2 });
    fixture.plan.push("one", "two", "three", "four");
    const leases = ["a", "b", "c", "d"].map((text) => fixture.lease(text));
    expect(fixture.pool.counts.starting).toBe(2);
    fixture.open("one");
    expectLease(await (leases[0] ?? fixture.lease("x")), fixture.worker(0));
    expect(fixture.pool.counts.starting).toBe(2);
    for (const name of ["two", "three", "four"]) fixture.open(name);
    await Promise.all(leases);
    expect(fixture.pool.counts).toEqual({ ...NOBODY, busy: 4 });
  });

  test("is told one by one of processes that do not start, and none waits for ever", async () => {
    await using fixture = makePool({ warm: 0, maxStarting: 1 });
    fixture.plan.push(new Error("one"), new Error("two"), "now");
    const leases = ["a", "b", "c"].map((text) => fixture.lease(text));
    expect(await refusal(leases[0] ?? fixture.lease("x"))).toBeInstanceOf(Error);
    expect(await refusal(leases[1] ?? fixture.lease("x"))).toBeInstanceOf(Error);
    expectLease(await (leases[2] ?? fixture.lease("x")), fixture.worker(0));
  });
});

describe("a request for which no process is ready", () => {
  test("that is given up does not wait any more, and the process goes to the next", async () => {
    await using fixture = makePool({ warm: 0 });
    fixture.plan.push("slow", "never");
    const leaving = new AbortController();
    const given = fixture.pool.lease(demand(user("a")), { fresh: false, signal: leaving.signal });
    const waiting = fixture.lease("b");
    leaving.abort(new Error("gone"));
    expect(await refusal(given)).toEqual(new Error("gone"));
    fixture.open("slow");
    expectLease(await waiting, fixture.worker(0));
  });

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
    fixture.plan.push("broken", "broken");
    const waiting = refusal(fixture.lease("a"));
    fixture.open("broken", "native binary not installed");
    expect(await waiting).toMatchObject({
      name: "ApiError",
      code: "cli_failed",
      message: expect.stringMatching(/did not start: .*exited with code 3: native binary not installed/),
    });
    expect(fixture.log.join("")).toContain("claude did not start");
    expect(fixture.pool.counts).toEqual(NOBODY);
    expect((await fixture.lease("a")).worker).toBe(fixture.worker(2));
  });

  test("gets another one when the one started for it does not boot", async () => {
    await using fixture = makePool({ warm: 0 });
    fixture.plan.push("broken", "slow");
    const waiting = fixture.lease("a");
    fixture.open("broken", "oops");
    await until(() => fixture.workers.length === 2, "one failed, and another was started");
    fixture.open("slow");
    expectLease(await waiting, fixture.worker(1));
  });

  test("is told when no process can even be started, for that very reason", async () => {
    await using fixture = makePool({ warm: 0 });
    const missing = new Error("no installation");
    fixture.plan.push(missing, missing);
    expect(await refusal(fixture.lease("a"))).toBe(missing);
    expect(await refusal(fixture.lease("a", FRESH))).toBe(missing);
    expect(fixture.pool.counts).toEqual(NOBODY);
    expect((await fixture.lease("a")).worker).toBe(fixture.worker(0));
  });

  test("that asks for a fresh one gets the one started for it, whatever is ready", async () => {
    await using fixture = makePool();
    const { pool } = fixture;
    pool.refill();
    await ready(pool);
    await fixture.rest("a");
    const lease = await pool.lease(demand(user("a"), ANSWERED, user("b")), FRESH);
    expectLease(lease, fixture.worker(2));
    expect(pool.counts).toEqual({ starting: 0, ready: 2, busy: 1, parked: 0 });
  });
});

test("a process that does not boot while nobody waits harms nobody", async () => {
  await using fixture = makePool();
  fixture.plan.push("broken");
  fixture.open("broken", "oops");
  fixture.pool.refill();
  await until(() => fixture.pool.counts.starting === 0, "the process failed");
  expect(fixture.pool.counts).toEqual(NOBODY);
  expect((await fixture.lease("a")).worker).toBe(fixture.worker(1));
});

test("who waited and was served, or was not, leaves nothing at a signal that lives on", async () => {
  await using fixture = makePool({ warm: 0 });
  const { signal } = new AbortController();
  const [add, remove] = [spyOn(signal, "addEventListener"), spyOn(signal, "removeEventListener")];
  await fixture.pool.lease(demand(user("a")), { ...REUSE, signal });
  const missing = new Error("no installation");
  fixture.plan.push(missing, missing);
  expect(await refusal(fixture.pool.lease(demand(user("b")), { ...FRESH, signal }))).toBe(missing);
  const listeners = (calls: readonly (readonly unknown[])[]) => calls.map(([, listener]) => listener);
  expect(add).toHaveBeenCalled();
  expect(listeners(add.mock.calls).filter((one) => !listeners(remove.mock.calls).includes(one))).toEqual([]);
});
