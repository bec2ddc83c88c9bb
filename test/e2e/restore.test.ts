import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "../../src/config/paths.ts";
import { text } from "../../src/simulator/reply.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { canSeeProcesses, claudeProcessesOf, killSeen } from "../support/processes.ts";
import { receivedTurns } from "../support/received.ts";
import { until } from "../support/wait.ts";
import { readHealth } from "../support/wire.ts";

let app: Harness;
/** How many requests the model had before the test. */
let before: number;
beforeAll(async () => {
  app = await startHarness({ config: { warm: 1 }, learnsAttachments: true });
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
  test("arrives whole, goes on in the same process, and leaves no file", async () => {
    const history = [...long(1000), { role: "user", content: "And now?" }];
    app.simulator.enqueue(text("Now."), text("Later."));
    expect(await app.ask(chat(history))).toBe("Now.");
    expect<unknown>(receivedTurns(request(0))).toEqual(history.map(said));
    const more = [...history, { role: "assistant", content: "Now." }, { role: "user", content: "Then?" }];
    const pids = claudeProcessesOf(app.home).map(({ pid }) => pid);
    expect(await app.ask(chat(more))).toBe("Later.");
    expect<unknown>(receivedTurns(request(1))).toEqual(more.map(said));
    if (canSeeProcesses)
      expect(claudeProcessesOf(app.home).map(({ pid }) => pid)).toEqual(expect.arrayContaining(pids));
    expect(filesIn(sessionsIn(app.home))).toEqual([]);
  });

  test("can be cut back in its middle afterwards", async () => {
    const history = long(300);
    await app.ask(chat([...history, { role: "user", content: "And now?" }]));
    const branch = [...history.slice(0, 200), { role: "user", content: "Or so?" }];
    await app.ask(chat(branch));
    expect<unknown>(receivedTurns(request(1))).toEqual(branch.map(said));
  });

  test("is answered by appending it, when no process can be told it otherwise", async () => {
    await using own = await startHarness({ config: { warm: 0 } });
    await Bun.write(sessionsIn(own.home), "a file where the folder should be");
    const history = [...long(120), { role: "user", content: "And now?" }];
    await own.ask(chat(history));
    expect<unknown>(own.simulator.requests.map(receivedTurns)).toEqual([history.map(said)]);
  });
});

describe.skipIf(!canSeeProcesses)("a process waits for the next conversation that nobody remembers", () => {
  const other = (count: number) => long(count).map(({ role, content }) => ({ role, content: `other ${content}` }));
  const servedBy = () =>
    Number(/pid=(\d+)/.exec(app.log.findLast((line) => line.includes("served how=restore")) ?? "")?.[1]);
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
    await app.ask(chat([...long(120), { role: "user", content: "And now?" }]));
    const pid = await waitingPid();
    const history = [...other(200), { role: "user", content: "And now?" }];
    await app.ask(chat(history));
    expect(servedBy()).toBe(pid);
    for (const seen of claudeProcessesOf(app.home)) killSeen(seen);
    await until(async () => (await readHealth(app.url)).workers.ready === 0, "the processes are gone");
    await app.ask(chat(history));
    expect(servedBy()).not.toBe(pid);
    expect<unknown>(receivedTurns(request(1))).toEqual(history.map(said));
    expect(prompt(2)).toBe(prompt(1));
  });
});

// Older versions lay a conversation out alike, however it is built.
test.skipIf(process.env.TEST_CLAUDE_PATH !== undefined)(
  "a conversation whose process is gone is read from the prompt cache as far as the live one would be",
  async () => {
    const first = { role: "user", content: "A long beginning. ".repeat(500) };
    app.simulator.enqueue(text("One."), text("Two."), text("Three."));
    await app.ask(chat([first]));
    const second = [first, { role: "assistant", content: "One." }, { role: "user", content: "Go on." }];
    await app.ask(chat(second));
    // What the CLI attaches to a first question is learnt in a while.
    await until(
      async () => app.log.some((line) => line.includes("was probed") && line.includes("first attachments")),
      "it is known what the CLI attaches",
    );
    for (const seen of claudeProcessesOf(app.home)) killSeen(seen);
    await until(async () => (await readHealth(app.url)).workers.ready === 0, "the processes are gone");
    await app.ask(chat([...second, { role: "assistant", content: "Two." }, { role: "user", content: "And on." }]));
    const [, live, rebuilt] = app.simulator.requests.slice(before).map(({ charged }) => charged);
    const written = (live?.cache_read_input_tokens ?? 0) + (live?.cache_creation_input_tokens ?? 0);
    expect(written).toBeGreaterThan(1_000);
    expect(rebuilt?.cache_read_input_tokens).toBe(written);
  },
);

function request(index: number): RecordedRequest {
  const found = app.simulator.requests[before + index];
  if (found === undefined) throw new Error("no such request reached the model");
  return found;
}
