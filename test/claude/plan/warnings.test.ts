import { expect, test } from "bun:test";
import { type Warned, warningsOf } from "../../../src/claude/plan/warnings.ts";

const RESET = 1_800_000_000;
const FIVE_HOURS = 5 * 3600;

/** What is warned of, with percent, as one window comes to these parts one after the other. */
function warnedAt(steps: readonly (readonly [utilization: number, resetsAt?: number])[]): string[] {
  let warned: Warned = {};
  return steps.flatMap(([utilization, resetsAt = RESET]) => {
    const told = warningsOf({ windows: { five_hour: { utilization, resetsAt, seenAt: 0 } } }, warned);
    warned = told.warned;
    return told.warnings.map(({ window, utilization }) => `${window} ${Math.round(utilization * 100)}`);
  });
}

test("a window is warned of at 75, 90 and 95 percent, each once", () => {
  const steps = [0.1, 0.749, 0.75, 0.8, 0.74, 0.76, 0.9, 0.94, 0.89, 0.91, 0.95, 1.02].map((part) => [part] as const);
  expect(warnedAt(steps)).toEqual(["five_hour 75", "five_hour 90", "five_hour 95"]);
});

test("of several that are passed at once it is warned once", () => {
  expect(warnedAt([[0.2], [0.97], [0.98]])).toEqual(["five_hour 97"]);
});

test("the next window is warned of anew, not one whose reset is told a second otherwise", () => {
  expect(warnedAt([[0.8], [0.8, RESET + 1], [0.8, RESET - 1], [0.76, RESET + FIVE_HOURS]])).toEqual([
    "five_hour 80",
    "five_hour 76",
  ]);
});

test("windows are warned of apart from each other", () => {
  const windows = {
    five_hour: { utilization: 0.5, resetsAt: RESET, seenAt: 0 },
    seven_day: { utilization: 0.92, resetsAt: RESET, seenAt: 0 },
    seven_day_opus: { utilization: 0.76, resetsAt: RESET, seenAt: 0 },
  };
  expect(warningsOf({ windows }, {}).warnings.map(({ window }) => window)).toEqual(["seven_day", "seven_day_opus"]);
});
