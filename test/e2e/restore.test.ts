import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { cacheDirectory } from "../../src/config/paths.ts";
import { blocks, redactedThinkingBlock, text, textBlock, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { inTheApisForm } from "../../src/simulator/thinking-signature.ts";
import { CLAUDE, type Harness, LEARN_TIMEOUT_MS, startHarness } from "../support/harness.ts";
import { loggedInClaude } from "../support/logged-in-claude.ts";
import { PLAYED_ANSWER, playClaude } from "../support/played-claude.ts";
import { canSeeProcesses, claudeProcessesOf } from "../support/processes.ts";
import { receivedTurns } from "../support/received.ts";
import { makeScripts, type Scripts } from "../support/scripts.ts";
import { lastServed, servingPid } from "../support/steps.ts";
import { until } from "../support/wait.ts";

// Conversations that no process remembers: each is told to one that is started with it, or that has waited for it.

/** Of this one it cannot be found out what a live process is told first: what is run in a sandbox with it ends at once. */
const UNTRIED = "claude-opus-4";
const RUNS_SCRIPTS = process.platform !== "win32";

let scripts: Scripts;
let app: Harness;
let anthropic: Anthropic;
beforeAll(async () => {
  scripts = makeScripts();
  const real = JSON.stringify(loggedInClaude(scripts.directory));
  const outside = `case "$CLAUDE_CONFIG_DIR $*" in *sandbox*opus*) exit 7;; esac\nexec ${real} "$@"`;
  const claudePath = RUNS_SCRIPTS ? scripts.write("claude-outside", outside) : CLAUDE;
  // With room for the spare, the one that waits, and the one that is asked: each next one takes the place of one that rests.
  app = await startHarness({ config: { claudePath, warm: 1, maxWorkers: 3 }, learnsAttachments: true });
  anthropic = new Anthropic({ baseURL: app.url, apiKey: "any", maxRetries: 0 });
});
afterEach(() => app.simulator.clearQueue());
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  scripts[Symbol.dispose]();
});

type Message = { role: string; content: string };
const said = (message: Message) => ({ role: message.role, content: [{ type: "text", text: message.content }] });
const long = (count: number): Message[] =>
  Array.from({ length: count }, (_, index) => ({
    role: index % 2 ? "assistant" : "user",
    content: `message ${index}`,
  }));
const chat = (messages: Message[]) => ({
  model: "claude-sonnet-4",
  messages: [{ role: "system", content: "S" }, ...messages],
});
const NOW = { role: "user", content: "And now?" };
const sessionsIn = (home: string) => join(cacheDirectory({ platform: process.platform, env: {}, home }), "sessions");

/** Named pipes hold nothing. */
const filesIn = (folder: string) =>
  readdirSync(folder).filter((name) => !statSync(join(folder, name)).isFIFO() || process.platform === "win32");

const received = () => receivedTurns(app.simulator.requests.at(-1) ?? expect.unreachable());
/** The request but for who sends it, which is a process. */
const promptOf = (request: RecordedRequest | undefined) =>
  request?.rawBody.replace(/"metadata":\{"user_id":"(?:[^"\\]|\\.)*"\},?/, "");
/** Of the process that was started with a place for the end of its transcript, and has served nobody yet. */
const waitingPid = () =>
  claudeProcessesOf(app.home).find(
    ({ pid, argv }) => argv.includes("--resume-session-at") && !app.log.some((line) => line.includes(`pid=${pid}`)),
  )?.pid;

/** Streamed: for a question alone another process might be started else. */
async function ask(messages: Anthropic.MessageParam[], fields: object = {}) {
  const { data, response } = await anthropic.messages
    .stream({ model: "claude-sonnet-4", max_tokens: 4000, messages, ...fields })
    .withResponse();
  return { message: await data.finalMessage(), ignored: response.headers.get("x-claude-max-api-ignored") };
}

/** What the model was asked since, of which nothing was refused. */
function asked(before: number) {
  const requests = app.simulator.requests.slice(before);
  expect(requests.map(({ refusal }) => refusal?.message)).toEqual(requests.map(() => undefined));
  return requests;
}

const SEEN: Anthropic.TextBlockParam[] = [
  { type: "text", text: "It is" },
  { type: "text", text: "seen." },
];
const LOOK_AT = (n: number) => toolUse(`toolu_${n}`, "look", { n });
const LOOK = { name: "look", description: "Looks.", input_schema: { type: "object" as const } };

test("a long history is answered by appending it, when no process can be told it otherwise", async () => {
  using claude = playClaude();
  claude.put();
  const prepare = (home: string) => {
    mkdirSync(dirname(sessionsIn(home)), { recursive: true });
    writeFileSync(sessionsIn(home), "a file where the folder should be");
  };
  await using app = await startHarness({ config: { claudePath: claude.path }, prepare });
  expect(await app.ask(chat([...long(100), NOW]))).toBe(PLAYED_ANSWER);
  expect(app.log.join("")).toContain("could not be written down");
  expect(app.log.join("")).toMatch(/how=\w+ keep=0 of=100/);
});

test("a history of a thousand messages arrives whole, goes on in the same process, can be cut back in its middle, and leaves no file", async () => {
  const history = [...long(1000), NOW];
  app.simulator.enqueue(text("Now."), text("Later."));
  expect(await app.ask(chat(history))).toBe("Now.");
  expect<unknown>(received()).toEqual(history.map(said));
  const more = [...history, { role: "assistant", content: "Now." }, { role: "user", content: "Then?" }];
  const pid = servingPid(app);
  expect(await app.ask(chat(more))).toBe("Later.");
  expect<unknown>(received()).toEqual(more.map(said));
  expect(servingPid(app)).toBe(pid);
  expect(filesIn(sessionsIn(app.home))).toEqual([]);
  const branch = [...history.slice(0, 200), { role: "user", content: "Or so?" }];
  await app.ask(chat(branch));
  expect<unknown>(received()).toEqual(branch.map(said));
  expect(servingPid(app)).toBe(pid);
});

test.skipIf(!RUNS_SCRIPTS)(
  "what was thought is left out, named, and never sent where nobody knows what stands before it",
  async () => {
    const thinking = { type: "adaptive" };
    app.simulator.enqueue(text("Seen.", { thinking: "Hm." }), text("Else."), text("Done."));
    const question: Anthropic.MessageParam = { role: "user", content: "Look." };
    const { message } = await ask([question], { model: UNTRIED, thinking });
    const pid = servingPid(app);
    await ask([{ role: "user", content: "Something else." }], { model: UNTRIED });
    expect(servingPid(app)).toBe(pid);
    const before = app.simulator.requests.length;
    const messages = [question, { role: "assistant" as const, content: message.content }, question];
    const { message: answer, ignored } = await ask(messages, { model: UNTRIED, thinking });
    const isBound = answer.model.endsWith("-5-5");
    expect(ignored).toBe(isBound ? "messages.content.thinking" : null);
    const [sent, ...more] = asked(before);
    expect([sent?.rawBody.includes("Hm."), more]).toEqual([!isBound, []]);
  },
);

test("a loop that no process remembers goes on as it would have, byte for byte, so that as much is read from the prompt cache", async () => {
  // Which dialect that is, the backend does not know. Here the client is not even told the words of what was thought.
  const fields = { tools: [LOOK], thinking: { type: "adaptive", display: "omitted" } };
  const before = app.simulator.requests.length;
  app.simulator.enqueue(
    blocks([thinkingBlock("First."), textBlock("Let me see."), LOOK_AT(1), LOOK_AT(2)]),
    blocks([thinkingBlock("Second."), redactedThinkingBlock(inTheApisForm("sealed thinking")), LOOK_AT(3)]),
    text("Seen.", { thinking: "Third." }),
  );
  app.simulator.clearPromptCache();
  // Longer than what is too short to be cached.
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: "Look around. ".repeat(1_000) }];
  for (const isLast of [false, false, true]) {
    const { content } = (await ask(messages, fields)).message;
    const results = content.flatMap((block): Anthropic.ToolResultBlockParam[] =>
      block.type === "tool_use" ? [{ type: "tool_result", tool_use_id: block.id, content: SEEN }] : [],
    );
    if (!isLast) messages.push({ role: "assistant", content }, { role: "user", content: results });
  }
  const live = asked(before);
  expect(live).toHaveLength(3);
  expect(received().map(({ content }) => content.map(({ type }) => type))).toEqual([
    ["text"],
    ["thinking", "text", "tool_use", "tool_use"],
    ["tool_result", "tool_result"],
    ["thinking", "redacted_thinking", "tool_use"],
    ["tool_result"],
  ]);
  if (process.env.TEST_CLAUDE_PATH === undefined) {
    const charged = live.map((request) => request.charged ?? expect.unreachable());
    const written = charged.map(({ cache_read_input_tokens: read, cache_creation_input_tokens: made }) => read + made);
    expect(Math.min(...written)).toBeGreaterThan(1_000);
    expect(charged.slice(1).map((one) => one.cache_read_input_tokens)).toEqual(written.slice(0, -1));
  }

  // What goes before a question in a live process is learnt once: then others can be told the same.
  const isLearnt = () => app.log.some((line) => line.includes("was probed") && line.includes("first attachments"));
  await until(isLearnt, "it is known what the CLI attaches", LEARN_TIMEOUT_MS);
  const pid = servingPid(app);
  await ask([{ role: "user", content: "Something else." }], fields);
  expect(servingPid(app)).toBe(pid);
  if (canSeeProcesses) await until(() => waitingPid() !== undefined, "a process waits for the next conversation");
  const next = waitingPid();
  await ask(messages, fields);
  expect(lastServed(app)).toStartWith("how=restore");
  if (canSeeProcesses) expect(servingPid(app)).toBe(next ?? 0);
  expect(promptOf(app.simulator.requests.at(-1))).toBe(promptOf(live.at(-1)));
});
