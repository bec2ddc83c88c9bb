import { expect, test } from "bun:test";
import { limitName, windowName, windowTitle } from "../../src/core/plan-windows.ts";

test.each([
  ["five_hour", "five hours", "Five hours", "five-hour"],
  ["seven_day_overage_included", "week, some models", "Week, some models", "model's weekly"],
  ["a_new_one", "a new one", "A new one", "a-new-one"],
])("%s is called as people call it, also one that is not known", (type, name, title, limit) => {
  expect([windowName(type), windowTitle(type), limitName(type)]).toEqual([name, title, limit]);
});
