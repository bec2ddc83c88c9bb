import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processesOf } from "../../test/support/processes.ts";
import { FROM_SOURCE, runProgram } from "../../test/support/program.ts";
import { wrapper } from "../../test/support/scripts.ts";
import { ask, faultIn } from "../arena/judge.ts";
import { descendants } from "../processes.ts";
import { type CaseOutcome, outcomeOf } from "./cli-cases.ts";

/** The machine as it should not be, with the whole program, a process of its own, in front of a scripted CLI. */
export type MachineCase = { readonly name: string; readonly run: () => Promise<CaseOutcome> };

type Place = {
  readonly url: string;
  readonly home: string;
  readonly pid: number;
  /** Asks for a response, notes what is wrong with the answer, and gives its body. */
  ask(): Promise<string>;
  expect(isSo: boolean, what: string): void;
};

type Surroundings = {
  /** The shell's words before the program is run in its place. */
  readonly before?: string;
  /** Puts things into the home folder. */
  readonly prepare?: (home: string) => void;
  readonly preload?: string;
};

const PATIENCE_MS = 60_000;
const STOPPED_MS = 3000;

export const MACHINE_CASES: readonly MachineCase[] = [
  {
    name: "nothing can be written to the disk",
    run: () =>
      inPlace({ before: "trap '' XFSZ; ulimit -f 0;" }, async ({ ask, expect }) => {
        expect((await ask()).includes('"store":false'), "a response that is not stored does not say so");
      }),
  },
  {
    name: "the state folder is none",
    run: () =>
      inPlace({ prepare: (home) => writeFileSync(join(home, ".local"), "in the way") }, async ({ ask }) => {
        await ask();
        await ask();
      }),
  },
  {
    name: "64 descriptors, and 80 connections that wait",
    run: () =>
      inPlace({ before: "ulimit -n 64;" }, async ({ url, ask }) => {
        const idle = Array.from({ length: 80 }, () => connectTo(url));
        await Bun.sleep(500);
        await ask();
        for (const socket of idle) socket.destroy();
        await ask();
      }),
  },
  {
    name: "all is stopped for a while, in the middle of requests",
    run: () =>
      inPlace({}, async ({ pid, ask }) => {
        const asking = [ask(), ask(), ask()];
        const all = [pid, ...descendants(pid)];
        for (const one of all) signal(one, "SIGSTOP");
        await Bun.sleep(STOPPED_MS);
        for (const one of all.toReversed()) signal(one, "SIGCONT");
        await Promise.all(asking);
        await ask();
      }),
  },
  ...[86_400, -86_400].map((seconds) => ({
    name: `the clock jumps by a day, ${seconds > 0 ? "forwards" : "backwards"}`,
    run: () =>
      inPlace({ preload: jumpingClock(seconds) }, async ({ home, ask }) => {
        await ask();
        writeFileSync(join(home, "jump"), "");
        await ask();
        await ask();
      }),
  })),
  {
    name: "the CLI is updated in place, while it is asked",
    run: () =>
      inPlace({}, async ({ url, home, ask, expect }) => {
        await ask();
        const asking = Array.from({ length: 4 }, ask);
        writeFileSync(join(home, "claude"), scriptedClaude(home).replace("2.1.330", "2.1.332"));
        await Promise.all(asking);
        const version = async () => await (await fetch(`${url}/health`)).text();
        for (let tries = 0; tries < 100 && !(await version()).includes("2.1.332"); tries++) await Bun.sleep(100);
        expect((await version()).includes("2.1.332"), "/health tells the old version");
        await ask();
      }),
  },
];

async function inPlace(
  { before = "", prepare, preload }: Surroundings,
  work: (place: Place) => Promise<void>,
): Promise<CaseOutcome> {
  const home = mkdtempSync(join(tmpdir(), "claude-max-api-faults-"));
  const faults: string[] = [];
  const answers: string[] = [];
  mkdirSync(join(home, "notes"));
  writeFileSync(join(home, "claude"), scriptedClaude(home), { mode: 0o755 });
  prepare?.(home);
  const [bun = "", ...rest] = FROM_SOURCE;
  const loads = preload === undefined ? [] : ["--preload", join(home, "preload.js")];
  if (preload !== undefined) writeFileSync(join(home, "preload.js"), preload.replace("HOME", home));
  const command = ["sh", "-c", `${before} exec "$@"`, "sh", bun, ...loads, ...rest];
  const args = ["--port", "0", "--log-level", "error"];
  const program = runProgram(home, args, { CLAUDE_MAX_API_CLAUDE_PATH: join(home, "claude") }, command);
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
  program.child.kill("SIGKILL");
  const left = processesOf(home).length;
  if (left > 0) faults.push(`${left} processes are left`);
  rmSync(home, { recursive: true, force: true });
  return { hasStruck: true, answers, faults };
}

function scriptedClaude(home: string): string {
  const never = String(Number.MAX_SAFE_INTEGER);
  const command = [
    process.execPath,
    join(import.meta.dir, "scripted-cli.ts"),
    "ends",
    never,
    join(home, "notes"),
    "once",
  ];
  return `#!/bin/sh\n${wrapper(`exec ${command.map((part) => `'${part}'`).join(" ")}`)}\n`;
}

/** From the moment on that there is a file `jump`, the program's clock is another. */
function jumpingClock(seconds: number): string {
  return `const { existsSync } = require("node:fs");
const now = Date.now.bind(Date);
Date.now = () => now() + (existsSync("HOME/jump") ? ${seconds * 1000} : 0);
`;
}

function connectTo(url: string): Socket {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => {});
  return socket;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

function ended(text: Promise<string>): Promise<string> {
  return Promise.race([text, Bun.sleep(1000).then(() => "")]);
}
