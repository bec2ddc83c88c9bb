import { expect, test } from "bun:test";
import { TestOutput } from "../../scripts/check/test-output.ts";

const RUN = `bun test v1.4.5 (a7733435c) 3x PARALLEL

test/a.test.ts:
(pass) fine [1500.00ms]

test/b.test.ts:
12 |   expect(1).toBe(2);
error: expect(received).toBe(expected)
(fail) a group > breaks [20.50ms]
(skip) a group > (unnamed)
(skip) a group > is not for here

2 tests skipped:
(skip) a group > (unnamed)
(skip) a group > is not for here


1 tests failed:
(fail) a group > breaks [20.50ms]

 1 pass
 2 skip
 1 fail
Ran 4 tests across 2 files. [1.52s]`;

function taken(lines: readonly string[]) {
  const shown: string[] = [];
  const output = new TestOutput((line) => shown.push(line));
  for (const line of lines) output.take(line);
  return { shown, output };
}

test("of a run, what failed is shown under its file, and nothing of what passed", () => {
  const { shown } = taken(RUN.split("\n"));
  expect(shown).toEqual([
    "\ntest/b.test.ts:",
    "12 |   expect(1).toBe(2);",
    "error: expect(received).toBe(expected)",
    "(fail) a group > breaks [20.50ms]",
  ]);
});

test("the summary names what was skipped, but no hooks, what failed, and the slowest files where they are wanted", () => {
  const { output } = taken(RUN.split("\n"));
  const skipped = "skipped test/b.test.ts: a group > is not for here";
  const failed = "failed  test/b.test.ts: a group > breaks";
  expect(output.summary({ slowest: 0 })).toEqual([skipped, failed]);
  expect(output.summary({ slowest: 1 })).toEqual(["slow      1.5 s  test/a.test.ts", skipped, failed]);
  expect(output.counts).toEqual({ passed: 1, failed: 1 });
});

test("a run that broke off has no counts", () => {
  expect(taken(RUN.split("\n").slice(0, 8)).output.counts).toBeUndefined();
});
