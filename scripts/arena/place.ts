import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processesOf } from "../../test/support/processes.ts";
import { FROM_SOURCE, runProgram } from "../../test/support/program.ts";
import { wrapper } from "../../test/support/scripts.ts";
import { type Answer, ask, faultIn } from "./judge.ts";

/** The whole program, a process of its own, in front of the scripted CLI. */
export type Place = {
  readonly url: string;
  readonly home: string;
  readonly pid: number;
  /** Asks for a response, notes what is wrong with the answer, and gives its body. */
  ask(): Promise<string>;
  expect(isSo: boolean, what: string): void;
};

export type Surroundings = {
  /** More of the command line. */
  readonly args?: readonly string[];
  /** The shell's words before the program is run in its place. */
  readonly before?: string;
  /** Puts things into the home folder. */
  readonly prepare?: (home: string) => void;
  readonly preload?: string;
};

export type PlaceOutcome = { readonly answers: readonly string[]; readonly faults: readonly string[] };

/** Longer than a machine sleeps in any trial. */
const PATIENCE_MS = 150_000;

/** The status of an answer; `cut` for a stream that told an error, `none` where there was no answer. */
export function outcomeOf(answer: Answer | string): string {
  if (typeof answer === "string") return "none";
  return answer.status === 200 && /^data: \{"error"/m.test(answer.body) ? "cut" : String(answer.status);
}

/** A stream ends, or says why it does not. */
export function unended({ status, headers, body }: Answer): string | undefined {
  if (status !== 200 || !headers.get("content-type")?.startsWith("text/event-stream")) return undefined;
  return /^data: (\[DONE\]|\{"error")/m.test(body) ? undefined : "a stream without an end";
}

/** A home folder of its own, which is gone in the end, however this program ends but by force. */
export function makeHome(): { readonly home: string; readonly remove: () => void } {
  const home = mkdtempSync(join(tmpdir(), "claude-max-api-trial-"));
  const remove = () => {
    process.off("exit", remove);
    rmSync(home, { recursive: true, force: true });
  };
  process.once("exit", remove);
  return { home, remove };
}

/** Whoever interrupts a script ends what it started. */
export function endOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
}

/** Starts it, does the work, ends it, and says what was wrong and what is left. */
export async function inPlace(
  { before = "", prepare, preload, args: more = [] }: Surroundings,
  work: (place: Place) => Promise<void>,
): Promise<PlaceOutcome> {
  const { home, remove } = makeHome();
  const faults: string[] = [];
  const answers: string[] = [];
  mkdirSync(join(home, "notes"));
  writeFileSync(join(home, "claude"), scriptedClaude(home), { mode: 0o755 });
  prepare?.(home);
  const [bun = "", ...rest] = FROM_SOURCE;
  const loads = preload === undefined ? [] : ["--preload", join(home, "preload.js")];
  if (preload !== undefined) writeFileSync(join(home, "preload.js"), preload.replace("HOME", home));
  const command = ["sh", "-c", `${before} exec "$@"`, "sh", bun, ...loads, ...rest];
  const args = ["--port", "0", "--log-level", "error", ...more];
  const program = runProgram(home, args, { CLAUDE_MAX_API_CLAUDE_PATH: join(home, "claude") }, command);
  const kill = () => program.child.kill("SIGKILL");
  process.once("exit", kill);
  try {
    const url = await program.url;
    await work({
      url,
      home,
      pid: program.child.pid,
      async ask() {
        const body = JSON.stringify({ model: "claude-sonnet-4", input: "Hello" });
        const init = { method: "POST", headers: { "content-type": "application/json" }, body };
        const answer = await ask(`${url}/v1/responses`, init, PATIENCE_MS);
        answers.push(outcomeOf(answer));
        if (typeof answer === "string") faults.push(answer);
        else if (answer.status !== 200)
          faults.push(faultIn(answer, 0) ?? `${answer.status}: ${answer.body.slice(0, 300)}`);
        return typeof answer === "string" ? "" : answer.body.replaceAll(/\s/g, "");
      },
      expect: (isSo, what) => void (isSo || faults.push(what)),
    });
  } catch (error) {
    faults.push(String(error));
  }
  program.child.kill("SIGTERM");
  const code = await Promise.race([program.child.exited, Bun.sleep(PATIENCE_MS).then(() => "never")]);
  if (code !== 0) faults.push(`it ended with ${code}: ${(await ended(program.stderr)).slice(-300)}`);
  kill();
  process.off("exit", kill);
  const left = processesOf(home).length;
  if (left > 0) faults.push(`${left} processes are left`);
  remove();
  return { answers, faults };
}

/** A CLI that answers as the real one was recorded to; see `scripts/faults/scripted-cli.ts`. */
export function scriptedClaude(home: string): string {
  const never = String(Number.MAX_SAFE_INTEGER);
  const command = [
    process.execPath,
    join(import.meta.dir, "../faults/scripted-cli.ts"),
    "ends",
    never,
    join(home, "notes"),
    "once",
  ];
  return `#!/bin/sh\n${wrapper(`exec ${command.map((part) => `'${part}'`).join(" ")} "$@"`)}\n`;
}

function ended(text: Promise<string>): Promise<string> {
  return Promise.race([text, Bun.sleep(1000).then(() => "")]);
}
