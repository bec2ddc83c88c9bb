import { describe, expect, test } from "bun:test";
import { awaitStop } from "../../../src/cli/serve/stop-request.ts";

/** What was asked for by these signals, each as its name and the time it came. */
async function askedBy(...signals: [name: string, at: number][]): Promise<string[]> {
  let now = 0;
  const request = awaitStop(() => now);
  const asked: string[] = [];
  void request.stop.then(() => asked.push("stop"));
  void request.hurry.then(() => asked.push("hurry"));
  for (const [name, at] of signals) {
    now = at;
    request.receive(name);
    await Bun.sleep(0);
  }
  return asked;
}

describe("a signal", () => {
  test("asks to stop", async () => {
    expect(await askedBy(["SIGINT", 0])).toEqual(["stop"]);
  });

  test("that comes again at once, by way of npm, asks for nothing more: the drain is not cut short", async () => {
    expect(await askedBy(["SIGINT", 0], ["SIGINT", 3], ["SIGINT", 499])).toEqual(["stop"]);
  });

  test("that comes again later asks to hurry", async () => {
    expect(await askedBy(["SIGINT", 0], ["SIGINT", 500])).toEqual(["stop", "hurry"]);
  });

  test("of another kind asks to hurry, however soon it comes", async () => {
    expect(await askedBy(["SIGINT", 0], ["SIGTERM", 1])).toEqual(["stop", "hurry"]);
  });
});

test("signals of this process are heard, until they are not listened to any more", async () => {
  const before = process.listenerCount("SIGTERM");
  const request = awaitStop();
  const ignore = request.listen();
  // Not SIGHUP, which whoever runs the tests may have ignored, and so it stays.
  process.kill(process.pid, "SIGTERM");
  await request.stop;
  ignore();
  expect(process.listenerCount("SIGTERM")).toBe(before);
});
