import { expect, test } from "bun:test";
import { SilenceWatch } from "../../../src/claude/turn/silence-watch.ts";
import { until } from "../../support/wait.ts";

test("silence is told once, after the time", async () => {
  let told = 0;
  const begin = performance.now();
  const watch = new SilenceWatch(30, () => void told++);
  await until(() => told > 0, "the silence is told");
  expect(performance.now() - begin).toBeGreaterThanOrEqual(29);
  await Bun.sleep(80);
  expect(told).toBe(1);
  watch.stop();
});

test("a word puts it off by the whole time", async () => {
  let told = false;
  const watch = new SilenceWatch(200, () => {
    told = true;
  });
  await Bun.sleep(100);
  const heard = performance.now();
  watch.heard();
  await until(() => told, "the silence is told");
  expect(performance.now() - heard).toBeGreaterThanOrEqual(199);
});

test("once stopped, nothing is told", async () => {
  let told = false;
  const watch = new SilenceWatch(10, () => {
    told = true;
  });
  watch.stop();
  await Bun.sleep(50);
  expect(told).toBe(false);
});
