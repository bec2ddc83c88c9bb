import { expect, test } from "bun:test";
import { makePool, NOBODY, ready, refusal } from "./pool-fixture.ts";

test("a process that nobody has asked can do something beside, and nobody gets it meanwhile", async () => {
  await using fixture = makePool();
  fixture.pool.refill();
  await ready(fixture.pool);
  const done = Promise.withResolvers<string>();
  const used = fixture.pool.borrow(() => done.promise);
  expect(fixture.pool.counts).toEqual({ ...NOBODY, starting: 1 });
  expect(fixture.pool.borrow(() => done.promise)).toBeUndefined();
  done.resolve("done");
  expect(await used).toBe("done");
  await ready(fixture.pool);
  expect(fixture.workers).toHaveLength(1);
});

test("one that fails at it is ended", async () => {
  await using fixture = makePool();
  fixture.pool.refill();
  await ready(fixture.pool);
  expect(await refusal(Promise.resolve(fixture.pool.borrow(() => Promise.reject(new Error("no")))))).toEqual(
    new Error("no"),
  );
  await fixture.worker(0).exited;
  expect(fixture.pool.counts.ready).toBe(0);
});

test("none is started for it", async () => {
  await using fixture = makePool({ warm: 0 });
  expect(fixture.pool.borrow(async () => {})).toBeUndefined();
  expect(fixture.workers).toHaveLength(0);
});
