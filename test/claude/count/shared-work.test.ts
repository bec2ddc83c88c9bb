import { expect, test } from "bun:test";
import { SharedWork } from "../../../src/claude/count/shared-work.ts";

/** Work that is done when the test says so, and tells how often it was begun and given up. */
function makeWork() {
  const shared = new SharedWork<string>();
  const seen = { begun: 0, givenUp: 0 };
  let outcome = Promise.withResolvers<string>();
  return {
    seen,
    finish: (result: string) => outcome.resolve(result),
    fail: (reason: unknown) => outcome.reject(reason),
    join(signal = new AbortController().signal, key = "a") {
      const start = (ending: AbortSignal) => {
        seen.begun++;
        outcome = Promise.withResolvers<string>();
        ending.addEventListener("abort", () => {
          seen.givenUp++;
          outcome.reject(ending.reason);
        });
        return outcome.promise;
      };
      return shared.join(key, signal, start).catch((error: unknown) => error);
    },
  };
}

test("what several want at the same time is done once, and anew for who comes later", async () => {
  const work = makeWork();
  const both = Promise.all([work.join(), work.join()]);
  work.finish("done");
  expect(await both).toEqual(["done", "done"]);
  const later = work.join();
  work.fail("broken");
  expect(await later).toBe("broken");
  expect(work.seen).toEqual({ begun: 2, givenUp: 0 });
});

test("who leaves hears so at once, and the others get what they wait for", async () => {
  const work = makeWork();
  const leaving = new AbortController();
  const [first, second] = [work.join(leaving.signal), work.join()];
  leaving.abort("gone");
  expect(await first).toBe("gone");
  work.finish("done");
  expect(await second).toBe("done");
  expect(work.seen).toEqual({ begun: 1, givenUp: 0 });
});

test("it is given up when the last has left, and begun anew for the next", async () => {
  const work = makeWork();
  const leaving = new AbortController();
  const left = [work.join(leaving.signal), work.join(leaving.signal)];
  leaving.abort("gone");
  const next = work.join();
  expect(await Promise.all(left)).toEqual(["gone", "gone"]);
  expect(work.seen).toEqual({ begun: 2, givenUp: 1 });
  work.finish("done");
  expect(await next).toBe("done");
});
