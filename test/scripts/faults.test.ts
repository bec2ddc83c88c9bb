import { expect, test } from "bun:test";
import { Random } from "../../scripts/arena/random.ts";
import { drawCliCases, runCliCase } from "../../scripts/faults/cli-cases.ts";
import { FAULTS, Strike } from "../../scripts/faults/strike.ts";
import { load, PATTERNS } from "../../scripts/load/patterns.ts";
import { canSeeProcesses } from "../support/processes.ts";

const said = (strike: Strike, units: readonly string[]) => {
  const parts: Uint8Array[] = [];
  for (const unit of units) {
    const { bytes, next } = strike.pass(unit);
    parts.push(...bytes);
    if (next !== "goes on") return `${Buffer.concat(parts).toString("latin1")}(${next})`;
  }
  return Buffer.concat(parts).toString("latin1");
};

test.each([
  ["ends", "ab\n(ends)"],
  ["hangs", "ab\n(hangs)"],
  ["half of it", "ab\nc(ends)"],
  ["invalid UTF-8", "ab\nc\xff\xfe\xc3d\nef\n"],
  ["said twice", "ab\ncd\ncd\nef\n"],
  ["out of order", "ab\nef\ncd\n"],
  ["left out", "ab\nef\n"],
] as const)("a step that fails: %s", (fault, expected) => {
  expect(said(new Strike(fault, 1), ["ab\n", "cd\n", "ef\n"])).toBe(expected);
});

test.if(canSeeProcesses)(
  "a CLI that fails at any step ends in an answer or an error in an envelope, never asked without end, and leaves nothing",
  async () => {
    const quick = FAULTS.filter((fault) => fault !== "hangs" && fault !== "left out");
    const drawn = drawCliCases(new Random(20_302), 2, quick);
    const outcomes = await Promise.all(drawn.map(runCliCase));
    expect(outcomes.flatMap(({ faults }) => faults)).toEqual([]);
    expect(outcomes.some(({ hasStruck }) => hasStruck)).toBe(true);
  },
);

test.if(canSeeProcesses)("many at once are answered or told to come back, and leave nothing", async () => {
  const patterns = PATTERNS.filter(({ name }) => /^(leavers|calls)/.test(name));
  const options = {
    random: new Random(20_303),
    share: 0.1,
    patterns,
    processes: 2,
    deadline: performance.now() + 30_000,
  };
  const { rows, faults } = await load(options);
  expect(faults).toEqual([]);
  expect(rows.map(({ name }) => name)).toEqual(patterns.map(({ name }) => name));
});
