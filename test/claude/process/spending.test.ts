import { expect, test } from "bun:test";
import { SpendingMeter, totalCostIn } from "../../../src/claude/process/spending.ts";

test("of the sums that the CLI tells, each turn has what has come to them; what is no sum changes nothing", () => {
  const meter = new SpendingMeter();
  expect(meter.take()).toBeUndefined();
  const taken = [0.0041, 0.0082, 0.0082, undefined, "much", Number.NaN, 0.012300000000000002].map((sum) => {
    meter.note(sum);
    return meter.take();
  });
  expect(taken).toEqual([0.0041, 0.0041, undefined, undefined, undefined, undefined, 0.0041]);
});

test("a sum that is less than before, as of a CLI that began anew, is no cost", () => {
  const meter = new SpendingMeter();
  meter.note(5);
  meter.take();
  meter.note(1);
  expect(meter.take()).toBeUndefined();
  meter.note(1.5);
  expect(meter.take()).toBe(0.5);
});

test("the answer to get_usage has the sum, or none", () => {
  expect(totalCostIn({ session: { total_cost_usd: 0.5 }, rate_limits: null })).toBe(0.5);
  expect([undefined, {}, { session: { total_cost_usd: "0.5" } }].map(totalCostIn)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
