import { afterEach, beforeEach, expect, test } from "bun:test";
import { cliArguments, cliSettings } from "../../src/claude/cli/invocation.ts";
import { selectsModelsSilently } from "../../src/claude/cli/version.ts";
import { namesOf } from "../../src/claude/pool/profile.ts";
import { settingsChange } from "../../src/claude/pool/turn-settings.ts";
import { type Ask, Worker } from "../../src/claude/pool/worker.ts";
import { Ability } from "../../src/claude/probe/abilities.ts";
import { firstAttachments } from "../../src/claude/probe/first-attachments.ts";
import { inSandbox } from "../../src/claude/probe/sandbox.ts";
import { ClientTools, namedTools, TOOL_HOOKS } from "../../src/claude/tools/client-tools.ts";
import type { ContentBlock, Tool, Turn } from "../../src/core/request.ts";
import { Logger } from "../../src/observability/logger.ts";
import { blocks, textBlock, toolUse } from "../../src/simulator/reply.ts";
import { profileFor, SETTINGS } from "../claude/pool/turns.ts";
import { CliHome, MODEL, user } from "../support/cli-session.ts";
import { CLAUDE } from "../support/harness.ts";

const LOGGER = new Logger("silent");
const TOOLS: Tool[] = [{ name: "look", description: "Looks.", parameters: { type: "object" } }];
const PROFILE = profileFor("System.", { tools: TOOLS });
const ASKED = { ...SETTINGS, tools: PROFILE.definitions };
const CALL_TIMEOUT_MS = 120_000;

let home: CliHome;
beforeEach(() => {
  home = new CliHome();
});
afterEach(() => home[Symbol.asyncDispose]());

/** The last request's prompt, exactly as it arrived. */
function prompt(): string {
  const raw = home.simulator.requests.at(-1)?.rawBody ?? "";
  return raw.replace(/"metadata":\{"user_id":"(?:[^"\\]|\\.)*"\},?/, "");
}

async function startWorker(): Promise<Worker> {
  const version = await home.version();
  const settings = cliSettings({ anthropicBaseUrl: home.simulator.url, allowApiKey: false });
  return new Worker({
    path: CLAUDE,
    args: cliArguments({ settings, model: MODEL.alias }),
    env: home.env,
    cwd: home.cwd,
    logger: LOGGER,
    model: MODEL.alias,
    selectsModelsSilently: selectsModelsSilently(version),
    callTimeoutMs: CALL_TIMEOUT_MS,
    rebinding: new Ability(false),
  });
}

/** A conversation with calls, lived through in one process; the turns up to its last answer. */
async function live(worker: Worker, questions: readonly Turn[]): Promise<Turn[]> {
  const turns: Turn[] = [];
  for (const question of questions) {
    turns.push(question);
    const ask: Ask = {
      profile: PROFILE,
      model: MODEL.alias,
      turns: [...turns],
      settings: ASKED,
      delivery: undefined,
      keep: worker.transcript.length,
      ownIds: new Map(),
      silenceTimeoutMs: 20_000,
    };
    const run = worker.openCalls.size > 0 ? await worker.resume(ask) : await worker.ask(ask);
    for await (const _ of run.events) {
      // Read to its end.
    }
    await run.outcome;
    turns.push(run.answer);
  }
  return turns;
}

test("a resumed conversation with calls is the live one byte for byte, and its whole prompt is read from the cache", async () => {
  const result = (callId: string, ...texts: string[]): ContentBlock => ({
    type: "tool-result",
    callId,
    content: texts.map((text) => ({ type: "text", text })),
  });
  home.simulator.enqueue(
    blocks([textBlock("let me"), toolUse("toolu_a", "look", {}), toolUse("toolu_b", "look", { x: 1 })]),
    blocks([toolUse("toolu_c", "look", {})]),
  );
  const worker = await startWorker();
  const turns = await live(worker, [
    // Longer than what is too short to be cached.
    user("one ".repeat(3_000)),
    { role: "user", content: [result("toolu_a", "a"), result("toolu_b", "b")] },
    { role: "user", content: [result("toolu_c", "c", "d")] },
    user("two"),
  ]);
  const asked = prompt();
  await worker.terminate();

  const attachments = await inSandbox(
    {
      path: CLAUDE,
      model: MODEL.id,
      cwd: home.cwd,
      env: home.env,
      address: undefined,
      logger: LOGGER,
      timeoutMs: 100_000,
      signal: new AbortController().signal,
      scratch: home.path,
    },
    firstAttachments.run,
  );
  const { session } = await home.resume(turns.slice(0, -2), attachments);
  const tools = new ClientTools({
    tools: namedTools(namesOf(PROFILE)),
    callTimeoutMs: CALL_TIMEOUT_MS,
    respond: (id, response) => session.process.respond(id, response),
  });
  session.process.answerWith((request) => tools.handle(request));
  await session.request({
    subtype: "initialize",
    systemPrompt: ["System."],
    ...TOOL_HOOKS,
    ...tools.initializeFields,
  });
  await session.request({ subtype: "apply_flag_settings", settings: settingsChange(undefined, ASKED) });
  await session.ask(user("two"));
  expect(prompt()).toBe(asked);
  expect(session.usage).toMatchObject({ input_tokens: 0, cache_creation_input_tokens: 0 });
});
