import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "../../src/config/paths.ts";
import { text } from "../../src/simulator/reply.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { canSeeProcesses, claudeProcessesOf, killSeen } from "../support/processes.ts";
import { receivedTurns } from "../support/received.ts";
import { servingPid } from "../support/steps.ts";
import { until } from "../support/wait.ts";
import { readHealth } from "../support/wire.ts";

let app: Harness;
/** How many requests the model had before the test. */
let before: number;
beforeAll(async () => {
  // With room for the spare, the one that waits, and those that are asked.
  app = await startHarness({ config: { warm: 1, maxWorkers: 5 } });
});
beforeEach(() => {
  before = app.simulator.requests.length;
});
afterAll(() => app[Symbol.asyncDispose]());

type Message = { role: string; content: string };
const said = (message: Message) => ({ role: message.role, content: [{ type: "text", text: message.content }] });
const long = (count: number): Message[] =>
  Array.from({ length: count }, (_, index) => ({
    role: index % 2 ? "assistant" : "user",
    content: `message ${index}`,
  }));
const chat = (messages: Message[], system = "S") => ({
  model: "claude-sonnet-4",
  messages: [{ role: "system", content: system }, ...messages],
});
const sessionsIn = (home: string) => join(cacheDirectory({ platform: process.platform, env: {}, home }), "sessions");

/** Named pipes hold nothing. */
const filesIn = (folder: string) =>
  readdirSync(folder).filter((name) => !statSync(join(folder, name)).isFIFO() || process.platform === "win32");

describe("a history of a thousand messages", () => {
  test("arrives whole, goes on in the same process, can be cut back in its middle, and leaves no file", async () => {
    const history = [...long(1000), { role: "user", content: "And now?" }];
    app.simulator.enqueue(text("Now."), text("Later."));
    expect(await app.ask(chat(history))).toBe("Now.");
    expect<unknown>(receivedTurns(request(0))).toEqual(history.map(said));
    const more = [...history, { role: "assistant", content: "Now." }, { role: "user", content: "Then?" }];
    const pid = servingPid(app);
    expect(await app.ask(chat(more))).toBe("Later.");
    expect<unknown>(receivedTurns(request(1))).toEqual(more.map(said));
    expect(servingPid(app)).toBe(pid);
    expect(filesIn(sessionsIn(app.home))).toEqual([]);
    const branch = [...history.slice(0, 200), { role: "user", content: "Or so?" }];
    await app.ask(chat(branch));
    expect<unknown>(receivedTurns(request(2))).toEqual(branch.map(said));
  });
});

describe.skipIf(!canSeeProcesses)("a process waits for the next conversation that nobody remembers", () => {
  const other = (count: number) => long(count).map(({ role, content }) => ({ role, content: `other ${content}` }));
  const prompt = (index: number) => JSON.stringify({ ...request(index).body, metadata: undefined });
  /** That of the one that was started with a place for the end of its transcript, and has served nobody yet. */
  const waitingPid = async () => {
    const find = () =>
      claudeProcessesOf(app.home).find(
        ({ pid, argv }) => argv.includes("--resume-session-at") && !app.log.some((line) => line.includes(`pid=${pid}`)),
      );
    await until(() => find() !== undefined, "a process waits");
    return find()?.pid ?? 0;
  };

  test("and sends the same, byte for byte, as one that is started for it", async () => {
    const pid = await waitingPid();
    const history = [...other(200), { role: "user", content: "And now?" }];
    await app.ask(chat(history));
    expect(servingPid(app)).toBe(pid);
    for (const seen of claudeProcessesOf(app.home)) killSeen(seen);
    await until(async () => (await readHealth(app.url)).workers.ready === 0, "the processes are gone");
    await app.ask(chat(history));
    expect(servingPid(app)).not.toBe(pid);
    expect<unknown>(receivedTurns(request(0))).toEqual(history.map(said));
    expect(prompt(1)).toBe(prompt(0));
  });
});

test("a long history is answered by appending it, when no process can be told it otherwise", async () => {
  rmSync(sessionsIn(app.home), { recursive: true });
  await Bun.write(sessionsIn(app.home), "a file where the folder should be");
  const history = [...long(100), { role: "user", content: "And now?" }];
  // The process that waits is another model's.
  await app.ask({ ...chat(history), model: "claude-haiku-4" });
  expect<unknown>(receivedTurns(request(0))).toEqual(history.map(said));
});

function request(index: number): RecordedRequest {
  const found = app.simulator.requests[before + index];
  if (found === undefined) throw new Error("no such request reached the model");
  return found;
}
