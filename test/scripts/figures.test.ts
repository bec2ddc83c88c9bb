import { describe, expect, test } from "bun:test";
import { atLeast, atMost, below, figures, quantile, ratio, Samples } from "../../scripts/bench/figures.ts";

test("figures tell the middle, the end and the spread of what was measured", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(figures(values)).toEqual({ median: 51, p95: 96, min: 1, max: 100, n: 100 });
});

test("of one measurement all figures are that one", () => {
  expect(figures([7])).toEqual({ median: 7, p95: 7, min: 7, max: 7, n: 1 });
});

test("of nothing there is no quantile", () => {
  expect(quantile([], 0.5)).toBeNaN();
});

test("a row has a cell for each contestant that was measured, and none for the others", () => {
  const samples = new Samples();
  samples.add("ours", 1, 2, 3);
  samples.add("ours", 4);
  expect(samples.row("a label", "ms")).toEqual({
    label: "a label",
    unit: "ms",
    cells: { ours: figures([1, 2, 3, 4]) },
  });
  expect(samples.median("ours")).toBe(3);
  expect(samples.median("proxy")).toBeUndefined();
});

describe("a goal is met or missed", () => {
  test.each([
    ["at least 6", 6, atLeast, true],
    ["at least 6", 5.9, atLeast, false],
    ["at most 6", 6, atMost, true],
    ["at most 6", 6.1, atMost, false],
    ["below 6", 5.9, below, true],
    ["below 6", 6, below, false],
  ] as const)("%s: %f", (text, value, goal, isMet) => {
    expect(goal("x", 6, value)).toEqual({ text: `x ${text}`, value, isMet });
  });

  test("or neither, where what it compares with was not measured", () => {
    expect(atLeast("x", 6, ratio(undefined, 2))).toEqual({ text: "x at least 6", value: null, isMet: null });
    expect(below("x", 6, Number.NaN).isMet).toBeNull();
  });
});
