import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startApp } from "../../src/app.ts";
import { Logger } from "../../src/observability/logger.ts";
import { A_DAY_MS, BASE_CONFIG, TEST_TOKEN } from "../../test/support/harness.ts";
import { processesOf } from "../../test/support/processes.ts";
import { wrapper } from "../../test/support/scripts.ts";
import { ask, faultIn } from "../arena/judge.ts";
import { makeHome, outcomeOf, unended } from "../arena/place.ts";
import type { Random } from "../arena/random.ts";
import { FAULTS, type Fault } from "./strike.ts";

/** A process of the CLI that fails at one step: the first that comes there, or each. */
export type CliCase = {
  readonly fault: Fault;
  readonly step: number;
  readonly often: "once" | "always";
  readonly asks: "a text" | "a call";
};

export type CaseOutcome = {
  /** Whether it came to that step at all. */
  readonly hasStruck: boolean;
  /** The status of each answer, `cut` for a stream that told an error. */
  readonly answers: readonly string[];
  readonly faults: readonly string[];
};

/** More than a process says in a case: each step at which it can fail. */
const STEPS = { "a text": 42, "a call": 54 } as const;

/** So many of all there are, in no order. */
export function drawCliCases(random: Random, count: number, faults: readonly Fault[] = FAULTS): CliCase[] {
  const all = (["a text", "a call"] as const).flatMap((asks) =>
    Array.from({ length: STEPS[asks] }, (_, step) =>
      faults.flatMap((fault) => (["once", "always"] as const).map((often) => ({ fault, step, often, asks }))),
    ).flat(),
  );
  return all
    .map((one) => ({ one, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .slice(0, count)
    .map(({ one }) => one);
}

/** Longer than what is silent is waited for. */
const PATIENCE_MS = 100_000;
/** A question may be asked again where nothing was told of the first answer. */
const MOST_QUESTIONS = 2;

const TOOL = { type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } };

/** Asks the whole program in front of that CLI, streamed, and once more; then ends it, and looks at what is left. */
export async function runCliCase({ fault, step, often, asks }: CliCase): Promise<CaseOutcome> {
  const { home, remove } = makeHome();
  const notes = join(home, "notes");
  mkdirSync(notes);
  const claude = join(home, "claude");
  const command = [process.execPath, join(import.meta.dir, "scripted-cli.ts"), fault, String(step), notes, often];
  const shell = wrapper(`exec ${command.map((part) => `'${part}'`).join(" ")}`);
  writeFileSync(claude, `#!/bin/sh\n${shell}\n`, { mode: 0o755 });
  const faults: string[] = [];
  const answers: string[] = [];
  const log: string[] = [];
  const app = await startApp({
    config: { ...BASE_CONFIG, claudePath: claude, store: false, usageLog: false, logLevel: "error" },
    logger: new Logger("error", (line) => void log.push(line)),
    version: "0.0.0-faults",
    platform: process.platform,
    env: { PATH: "/usr/bin:/bin", HOME: home, CLAUDE_CODE_OAUTH_TOKEN: TEST_TOKEN },
    home,
    learnDelayMs: A_DAY_MS,
  });
  const asked = () =>
    existsSync(join(notes, "asked")) ? readFileSync(join(notes, "asked"), "utf8").split("\n").length - 1 : 0;
  await app.ready;
  const post = async (body: object) => {
    const before = asked();
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const answer = await ask(`${app.url}/v1/chat/completions`, init, PATIENCE_MS);
    const questions = asked() - before;
    const wrong = typeof answer === "string" ? answer : (faultIn(answer, questions) ?? unended(answer));
    if (wrong !== undefined) faults.push(wrong);
    if (questions > MOST_QUESTIONS) faults.push(`${questions} questions for one request`);
    answers.push(outcomeOf(answer));
    return answer;
  };
  try {
    const messages: object[] = [{ role: "user", content: "Hello" }];
    const tools = asks === "a call" ? { tools: [TOOL] } : {};
    const body = { model: "claude-sonnet-4", ...tools };
    const first = await post({ ...body, messages, stream: true });
    const id = typeof first === "string" ? undefined : /"id":"(toolu_\w+)"/.exec(first.body)?.[1];
    if (id !== undefined) {
      const call = { id, type: "function", function: { name: "f", arguments: "{}" } };
      messages.push({ role: "assistant", tool_calls: [call] }, { role: "tool", tool_call_id: id, content: "done" });
    }
    const last = await post({ ...body, messages });
    // What fails once may not stand in the way of what comes then.
    if (often === "once" && outcomeOf(last) !== "200") {
      if (outcomeOf(await post({ ...body, messages: [{ role: "user", content: "And now?" }] })) !== "200")
        faults.push("one failure, and the next requests fail too");
    }
  } finally {
    await app.stop(0);
  }
  const left = processesOf(home).length;
  if (left > 0) faults.push(`${left} processes are left`);
  const files = leftFiles(home);
  if (files.length > 0) faults.push(`files are left: ${files.join(", ")}`);
  faults.push(
    ...log.filter((line) => /internal|unexpected/i.test(line)).map((line) => `the log: ${line.slice(0, 300)}`),
  );
  const hasStruck = existsSync(join(notes, "struck"));
  remove();
  return { hasStruck, answers, faults };
}

/** All but folders, which are kept, and what was there before. */
function leftFiles(home: string): string[] {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !["claude", "asked", "plan.json"].includes(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name).slice(home.length + 1));
}
