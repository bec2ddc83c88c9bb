import { expect, test } from "bun:test";
import type { PlanLimits } from "../src/core/backend.ts";
import { inTurn, livingPlan, madeUpPast } from "../src/demo.ts";

test("the demo's plan is used up by requests, warns, never refuses, and begins anew", () => {
  const plan = livingPlan(Date.now());
  const states = Array.from({ length: 200 }, (_, requests) => plan(requests));
  const five = states.map(({ fiveHour }) => fiveHour?.used ?? 0);
  expect(five.slice(0, 3)).toEqual([0.31, 0.32, 0.33]);
  expect(Math.max(...five)).toBeWithin(0.95, 1);
  expect(Math.min(...five.slice(60))).toBe(0);
  const weeks = states.map(({ sevenDay }) => sevenDay?.used ?? 0);
  expect(weeks).toEqual(weeks.toSorted());
  expect(states.every(({ sevenDayOfModel }) => (sevenDayOfModel?.used ?? 1) < 1)).toBe(true);
});

test("what is used goes back only with a later reset", () => {
  const plan = livingPlan(Date.now());
  const resets = [64, 65, 66].map((requests) => plan(requests).fiveHour?.resetsInSeconds ?? 0);
  expect(resets.map((seconds) => Math.round(seconds / 3600))).toEqual([3, 3, 5]);
});

test("the page of a demo shows a plan in all its states, each in its time, and what is reached ends soon", () => {
  const now = 1_900_000_000_000;
  const five_hour = { utilization: 0.4, resetsAt: now / 1000 + 9_000, seenAt: now / 1000 };
  const told: PlanLimits = { status: "allowed", windows: { five_hour }, rejections: [] };
  const states = Array.from({ length: 270 }, (_, second) => inTurn(told, second * 1000, now));
  const stateOf = ({ overage, status }: PlanLimits) => (overage ? "paid for" : status);
  expect([...Map.groupBy(states, stateOf)].map(([state, all]) => [state, all.length])).toEqual([
    ["allowed", 180],
    ["allowed_warning", 30],
    ["rejected", 30],
    ["paid for", 30],
  ]);
  for (const { rejections, overage } of states) {
    for (const { resetsAt } of [...rejections, ...(overage ? [overage] : [])]) {
      expect(resetsAt - now / 1000).toBeWithin(1, 31);
    }
  }
  expect(inTurn(told, 270_000, now)).toBe(told);
  expect(inTurn({ windows: {}, rejections: [] }, 230_000, now).rejections).toEqual([]);
});

test("the month before a demo is made up, the same each time, and none of it lies ahead", () => {
  const now = new Date(2030, 0, 31, 15, 30).getTime();
  const past = madeUpPast(now);
  expect(past).toEqual([...madeUpPast(now)]);
  expect(past.length).toBeGreaterThan(500);
  expect(past.filter(({ at }) => at >= now || at < now - 30 * 86_400_000)).toEqual([]);
  expect(past.filter(({ fault, outputTokens }) => fault !== undefined && outputTokens > 0)).toEqual([]);
});
