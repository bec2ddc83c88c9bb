import { expect, test } from "bun:test";
import { forecast, PlanHistory } from "../../src/page/plan-history.ts";

const MINUTE = 60_000;
const at = (minute: number, used: number) => ({ at: minute * MINUTE, used });

test.each([
  ["grows fast enough", [at(0, 0.4), at(30, 0.6)], 30, 300, 90],
  ["would be full only after the reset", [at(0, 0.4), at(30, 0.6)], 30, 80, undefined],
  ["grew before the last half hour alone", [at(0, 0.1), at(20, 0.6)], 60, 300, undefined],
  ["began to grow within it", [at(0, 0.4), at(50, 0.4), at(60, 0.6)], 60, 300, 120],
  ["is seen for too short a time", [at(0, 0.4), at(4, 0.6)], 4, 300, undefined],
  ["does not grow", [at(0, 0.4), at(30, 0.4)], 30, 300, undefined],
  ["is full already", [at(0, 0.4), at(30, 1)], 30, 300, undefined],
  ["was never seen", [], 30, 300, undefined],
])("a window that %s", (_, samples, now, resetsAt, expected) => {
  const usedUpAt = forecast(samples, resetsAt * MINUTE, now * MINUTE);
  expect(usedUpAt === undefined ? undefined : Math.round(usedUpAt / MINUTE)).toBe(expected);
});

test("what is noted turn by turn tells when a window is used up, until it is another window", () => {
  const history = new PlanHistory();
  const reset = 36_000;
  const window = (utilization: number, resetsAt = reset) => ({ utilization, resetsAt, seenAt: 0 });
  for (let minute = 0; minute <= 120; minute++) {
    history.note({ windows: { five_hour: window(minute / 200) }, rejections: [] }, minute * MINUTE);
  }
  const usedUpAt = history.usedUpAt("five_hour", window(0.6), 120 * MINUTE) ?? 0;
  expect(Math.round(usedUpAt / MINUTE)).toBe(200);
  expect(history.usedUpAt("five_hour", window(0.6, reset + 18_000), 120 * MINUTE)).toBeUndefined();
  expect(history.usedUpAt("seven_day", window(0.6), 120 * MINUTE)).toBeUndefined();
});
