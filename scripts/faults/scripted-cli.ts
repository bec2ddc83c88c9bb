// Stands in for the CLI, and fails at one step of what it says: `scripted-cli.ts FAULT STEP FOLDER once|always`. It says yes to every control
// request, and answers every question with what the real CLI was recorded to say, by a call where a tool is offered. In the folder it
// notes each question, and that it has struck. A question may ask for more: `say 9 KB`; `only begin`, which it does, and is silent then;
// and `wait for go`, a file in the folder, which it waits for before it answers.
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { NEWEST_TESTED_VERSION } from "../../src/claude/cli/version.ts";
import { isJsonObject } from "../../src/core/json.ts";
import { Notes } from "./notes.ts";
import { FAULTS, Strike } from "./strike.ts";

const FIXTURES = join(import.meta.dir, "../../test/fixtures/cli", NEWEST_TESTED_VERSION);
const [name = "", step = "", folder = "", often = ""] = process.argv.slice(2);
const fault = FAULTS.find((fault) => fault === name);
if (fault === undefined) throw new Error(`there is no fault ${name}`);

const notes = new Notes(folder);
const strike = new Strike(fault, Number(step), () => notes.isFirst() || often === "always");
let hangs = false;
let offersTool = false;
let calls = 0;

for await (const line of createInterface({ input: process.stdin })) if (!hangs) hear(line);

function hear(line: string): void {
  const said: unknown = JSON.parse(line);
  if (!isJsonObject(said)) return;
  const { request, request_id, response } = said;
  if (said.type === "control_request" && isJsonObject(request)) {
    const named = JSON.stringify(request);
    if (named.includes('"name":"f"') || named.includes("mcp__client")) offersTool = true;
    const answers: Record<string, unknown> = {
      list_models: { models: [{ value: "sonnet" }, { value: "opus" }] },
      rewind_conversation: { rewound: true },
    };
    const answer = answers[String(request.subtype)] ?? {};
    say(JSON.stringify({ type: "control_response", response: { subtype: "success", request_id, response: answer } }));
  } else if (said.type === "control_response") {
    if (JSON.stringify(response).includes("mcp_response")) sayRecorded("call-bare-resumed");
  } else if (said.type === "user") {
    if (said.shouldQuery === false) {
      say(JSON.stringify({ type: "result", subtype: "success", is_error: false, num_turns: 0 }));
      return;
    }
    notes.question();
    void answer(line);
  }
}

async function answer(question: string): Promise<void> {
  const awaited = /wait for (\w+)/.exec(question)?.[1];
  while (awaited !== undefined && !notes.has(awaited)) await Bun.sleep(10);
  const kilobytes = Number(/say (\d+) KB/.exec(question)?.[1] ?? 0);
  sayRecorded(offersTool ? "call-bare" : "text", kilobytes, question.includes("only begin"));
}

/** With so many kilobytes more, where there is a text, or only to the first words of it. */
function sayRecorded(recording: string, kilobytes = 0, onlyBegins = false): void {
  if (recording === "call-bare") calls++;
  const text = readFileSync(join(FIXTURES, `${recording}.jsonl`), "utf8").replaceAll(
    "toolu_1",
    `toolu_${process.pid}x${calls}`,
  );
  for (const line of text.trimEnd().split("\n")) {
    const times = line.includes('"text":"big "') ? 1 + kilobytes : 1;
    for (let time = 0; time < times && !hangs; time++) say(time > 0 ? line.replace("big ", "x".repeat(1024)) : line);
    if (onlyBegins && line.includes("text_delta")) hangs = true;
  }
}

function say(line: string): void {
  const { bytes, next } = strike.pass(`${line}\n`);
  for (const part of bytes) writeAll(part);
  if (next === "ends") process.exit(7);
  if (next === "hangs") hangs = true;
}

function writeAll(bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(1, bytes, done);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) process.exit(8);
      Bun.sleepSync(1);
    }
  }
}
