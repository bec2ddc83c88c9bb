import { chmodSync, chownSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { inPlace, type Place, type Surroundings, scriptedClaude } from "../arena/place.ts";
import { descendants } from "../processes.ts";
import type { CaseOutcome } from "./cli-cases.ts";

/** The machine as it should not be, with the whole program, a process of its own, in front of a scripted CLI. */
export type MachineCase = { readonly name: string; readonly run: () => Promise<CaseOutcome> };

/** Without what lets root write anywhere: the same user otherwise. */
const AS_OTHERS = 'set -- setpriv --inh-caps=-all --bounding-set=-all "$@";';
/** A user without any other process. Limits of processes do not hold for root. */
const ALONE = 54_321;
const PATIENCE_MS = 60_000;
const isRoot = process.platform === "linux" && process.getuid?.() === 0;

export const MACHINE_CASES: readonly MachineCase[] = [
  {
    name: "nothing can be written to the disk",
    run: () =>
      onMachine({ before: "trap '' XFSZ; ulimit -f 0;" }, async ({ ask, expect }) => {
        expect((await ask()).includes('"store":false'), "a response that is not stored does not say so");
      }),
  },
  {
    name: "the state folder is none",
    run: () =>
      onMachine({ prepare: (home) => writeFileSync(join(home, ".local"), "in the way") }, async ({ ask }) => {
        await ask();
        await ask();
      }),
  },
  {
    name: "the state folder can only be read",
    run: () =>
      onMachine({ before: isRoot ? AS_OTHERS : "", prepare: lockState }, async ({ ask, expect }) => {
        // A folder of one's own is opened again; one of another user's stays as it is.
        const told = isRoot ? '"store":false' : '"store":true';
        expect((await ask()).includes(told), `an answer without ${told}`);
        await ask();
      }),
  },
  // Of any user but root, whoever runs this has processes that count, too.
  ...(isRoot ? [{ name: "no more processes can be started", run: withoutProcesses }] : []),
  {
    name: "64 descriptors, and 80 connections that wait",
    run: () =>
      onMachine({ before: "ulimit -n 64;" }, async ({ url, ask, expect }) => {
        const idle = Array.from({ length: 80 }, () => connectTo(url));
        // No other is taken for as long as these are there, which is some ten seconds.
        await until(() => isRefused(url));
        expect(await until(async () => !(await isRefused(url))), "connections are not taken again");
        await ask();
        for (const socket of idle) socket.destroy();
        await ask();
      }),
  },
  ...[3, 60].map((seconds) => ({
    name: `all is stopped for ${seconds} s, in the middle of requests`,
    run: () =>
      onMachine({}, async ({ pid, ask }) => {
        const asking = [ask(), ask(), ask()];
        const all = [pid, ...descendants(pid)];
        for (const one of all) signal(one, "SIGSTOP");
        await Bun.sleep(seconds * 1000);
        for (const one of all.toReversed()) signal(one, "SIGCONT");
        await Promise.all(asking);
        await ask();
      }),
  })),
  ...[86_400, -86_400].map((seconds) => ({
    name: `the clock jumps by a day, ${seconds > 0 ? "forwards" : "backwards"}`,
    run: () =>
      onMachine({ preload: jumpingClock(seconds) }, async ({ home, ask }) => {
        await ask();
        writeFileSync(join(home, "jump"), "");
        await ask();
        await ask();
      }),
  })),
  {
    name: "the CLI is updated in place, while it is asked",
    run: () =>
      onMachine({}, async ({ url, home, ask, expect }) => {
        await ask();
        const asking = Array.from({ length: 4 }, ask);
        writeFileSync(join(home, "claude"), scriptedClaude(home).replace("2.1.330", "2.1.332"));
        await Promise.all(asking);
        const version = async () => await (await fetch(`${url}/health`)).text();
        expect(await until(async () => (await version()).includes("2.1.332")), "/health tells the old version");
        await ask();
      }),
  },
];

const stateOf = (home: string) => join(home, ".local/state/claude-max-api");

function lockState(home: string): void {
  mkdirSync(stateOf(home), { recursive: true });
  chmodSync(stateOf(home), 0o500);
  if (isRoot) chownSync(stateOf(home), ALONE, ALONE);
}

/** With fewer threads than one more program has, beside those of the server. */
async function withoutProcesses(): Promise<CaseOutcome> {
  const before = `ulimit -u 40; set -- setpriv --reuid=${ALONE} --clear-groups "$@";`;
  const answers: string[] = [];
  const outcome = await onMachine({ before, prepare: (home) => give(home, ALONE) }, async ({ url, expect }) => {
    for (let tries = 0; tries < 3; tries++) {
      const body = JSON.stringify({ model: "claude-sonnet-4", input: "Hello" });
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${url}/v1/responses`, { method: "POST", headers, body });
      const text = await answer.text();
      answers.push(String(answer.status));
      const isTold = answer.status === 200 || (answer.status === 503 && text.includes('"error"'));
      expect(isTold, `${answer.status}: ${text.slice(0, 300)}`);
    }
  });
  return { ...outcome, answers };
}

function give(folder: string, uid: number): void {
  for (const name of [".", ...readdirSync(folder, { recursive: true })])
    chownSync(join(folder, String(name)), uid, uid);
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

function isRefused(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo(url);
    socket.on("connect", () => resolve(false)).on("error", () => resolve(true));
    socket.on("connect", () => socket.destroy());
  });
}

/** Whether it comes to that, however busy the machine is. */
async function until(isSo: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end) {
    if (await isSo()) return true;
    await Bun.sleep(100);
  }
  return false;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

async function onMachine(surroundings: Surroundings, work: (place: Place) => Promise<void>): Promise<CaseOutcome> {
  return { hasStruck: true, ...(await inPlace(surroundings, work)) };
}
