import { expect, test } from "bun:test";
import { demand, expectLease, makePool, REUSE, ready, STRUCTURED, user } from "./pool-fixture.ts";

const ofBatch = (text: string) => ({ ...demand(user(text)), leaves: 1 });

test("a batch leaves the last process that is ready to others, and gets one that is started", async () => {
  await using fixture = makePool({ warm: 0, maxWorkers: 4, maxStarting: 2 });
  const { pool } = fixture;
  const spent = await fixture.rest("a");
  fixture.plan.push("slow");
  const batch = pool.lease(ofBatch("one of many"), REUSE);
  expectLease(await fixture.lease("somebody's"), spent);
  fixture.open("slow");
  // Of two that are started for it, the first stays ready for others.
  const own = await batch;
  await ready(pool);
  expect([spent, own.worker].map(({ alive }) => alive)).toEqual([true, true]);
  expect(pool.counts).toMatchObject({ busy: 2, ready: 1 });
});

test("a batch takes the last one that is ready, or a conversation, where no other may be started", async () => {
  await using fixture = makePool({ warm: 0, maxWorkers: 2 });
  const [a, b] = [await fixture.rest("a", STRUCTURED), await fixture.rest("b")];
  expectLease(await fixture.pool.lease(ofBatch("one of many"), REUSE), b);
  expect(a.alive).toBe(true);
});

test("where memory is short, nothing is started in place of what is ready", async () => {
  await using fixture = makePool({ warm: 0, maxWorkers: 8, hasRoom: () => false });
  const spent = await fixture.rest("a");
  expectLease(await fixture.pool.lease(ofBatch("one of many"), REUSE), spent);
});

test("who is of no batch gets the next process before a batch that waits longer", async () => {
  await using fixture = makePool({ warm: 0, maxWorkers: 3, maxStarting: 2 });
  fixture.plan.push("first", "second", "third");
  const batch = [fixture.pool.lease(ofBatch("1"), REUSE), fixture.pool.lease(ofBatch("2"), REUSE)];
  // Of a batch, no more start at once than leave a processor.
  expect(fixture.workers).toHaveLength(1);
  const question = fixture.lease("a");
  expect(fixture.workers).toHaveLength(2);
  fixture.open("first");
  expectLease(await question, fixture.worker(0));
  fixture.open("second");
  fixture.open("third");
  await Promise.all(batch);
});

test("a process that is given back does not go to a batch that has another one coming", async () => {
  await using fixture = makePool({ warm: 0, maxWorkers: 3 });
  const { pool } = fixture;
  const lease = await fixture.lease("a");
  await fixture.ask(lease, user("a"));
  fixture.plan.push("slow");
  const batch = pool.lease(ofBatch("1"), REUSE);
  pool.release(lease.worker);
  expect(pool.counts).toMatchObject({ ready: 1, starting: 1 });
  fixture.open("slow");
  const { worker } = await batch;
  expect([lease.worker, worker].every(({ alive }) => alive)).toBe(true);
});
