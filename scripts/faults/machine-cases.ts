import { writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { inPlace, type Place, type Surroundings, scriptedClaude } from "../arena/place.ts";
import { descendants } from "../processes.ts";
import type { CaseOutcome } from "./cli-cases.ts";

/** The machine as it should not be, with the whole program, a process of its own, in front of a scripted CLI. */
export type MachineCase = { readonly name: string; readonly run: () => Promise<CaseOutcome> };

const STOPPED_MS = 3000;

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
    name: "64 descriptors, and 80 connections that wait",
    run: () =>
      onMachine({ before: "ulimit -n 64;" }, async ({ url, ask }) => {
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
      onMachine({}, async ({ pid, ask }) => {
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
        for (let tries = 0; tries < 100 && !(await version()).includes("2.1.332"); tries++) await Bun.sleep(100);
        expect((await version()).includes("2.1.332"), "/health tells the old version");
        await ask();
      }),
  },
];

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

async function onMachine(surroundings: Surroundings, work: (place: Place) => Promise<void>): Promise<CaseOutcome> {
  return { hasStruck: true, ...(await inPlace(surroundings, work)) };
}
