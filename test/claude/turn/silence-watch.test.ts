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

test("a process that is silent is asked for a sign of life, again and again, until it gives none, which is told once", async () => {
  const answers = [true, true, false];
  let told = 0;
  const ask = async () => {
    if (!answers.shift()) throw new Error("no answer");
  };
  const pulse = new SilenceWatch(5, () => void told++, ask);
  await until(() => told > 0, "it is told");
  await Bun.sleep(20);
  expect([answers.length, told]).toEqual([0, 1]);
  pulse.stop();
});

test("a word of it is a sign of life, too, and one that is stopped tells nothing", async () => {
  let told = 0;
  const asked: PromiseWithResolvers<void>[] = [];
  const ask = () => {
    asked.push(Promise.withResolvers<void>());
    return asked.at(-1)?.promise ?? Promise.resolve();
  };
  const pulse = new SilenceWatch(5, () => void told++, ask);
  for (const end of [() => pulse.heard(), () => pulse.stop()]) {
    const before = asked.length;
    await until(() => asked.length > before, "it is asked");
    end();
    asked.at(-1)?.reject(new Error("no answer"));
  }
  await Bun.sleep(20);
  expect([asked.length, told]).toEqual([2, 0]);
});
