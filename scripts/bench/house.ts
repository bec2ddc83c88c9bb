import { statSync } from "node:fs";
import { join } from "node:path";
import { residentMb } from "../processes.ts";
import type { Arena, Scenario } from "./arena.ts";
import { buildBinary, ROOT, startBinary, waitForWarm } from "./binary.ts";
import { atMost, type Goal, ratio, Samples } from "./figures.ts";

const HERE = "here";
const THERE = "there";
export const TREES = [HERE, THERE];

/** How much worse than the other tree is still the same: what differs from run to run on a quiet machine. */
const AS_GOOD = { size: 1.01, start: 1.1, memory: 1.05, types: 1.1, lint: 1.1 } as const;
/** After the first process of the CLI is up. */
const REST_MS = 1_000;

type Tree = {
  readonly name: string;
  readonly binary: string;
  /** Undefined where there is the binary alone. */
  readonly checkout: string | undefined;
};

/** What this program costs whoever installs, starts and changes it. Runs only when it is named. */
export const house: Scenario = {
  name: "house",
  title: "The house's own figures",
  async run(arena) {
    const trees: Tree[] = [{ name: HERE, binary: arena.binary, checkout: ROOT }];
    if (arena.against !== undefined) trees.push(await otherTree(arena.against, arena.folder));
    const figures = {
      size: new Samples(),
      start: new Samples(),
      memory: new Samples(),
      types: new Samples(),
      lint: new Samples(),
    };
    for (const { name, binary } of trees) figures.size.add(name, statSync(binary).size / 2 ** 20);
    for (let round = 0; round <= arena.rounds; round++) {
      for (const { name, binary } of inTurn(trees, round)) {
        const { startMs, memoryMb } = await measureStart(arena, binary);
        // The first start reads the binary from the disk.
        if (round === 0) continue;
        figures.start.add(name, startMs);
        figures.memory.add(name, memoryMb);
      }
    }
    for (let round = 0; round < Math.ceil(arena.rounds / 5); round++) {
      for (const { name, checkout } of inTurn(trees, round)) {
        if (checkout === undefined) continue;
        figures.types.add(name, await seconds(checkout, ["tsc", "-p", "."]));
        figures.lint.add(name, await seconds(checkout, ["biome", "ci", "--colors=off", "--error-on-warnings", "."]));
      }
    }
    const { size, start, memory, types, lint } = figures;
    const noWorse = (label: string, samples: Samples, limit: number): Goal =>
      atMost(`${label}: times the other's`, limit, ratio(samples.median(HERE), samples.median(THERE)));
    return {
      rows: [
        size.row("the binary", "MB"),
        start.row("from its start to the answer of GET /health", "ms"),
        memory.row("its memory, idle, before the first question", "MB"),
        types.row("tsc", "s"),
        lint.row("format and lint", "s"),
      ],
      goals:
        arena.against === undefined
          ? []
          : [
              noWorse("the binary", size, AS_GOOD.size),
              noWorse("its start", start, AS_GOOD.start),
              noWorse("its memory", memory, AS_GOOD.memory),
              noWorse("tsc", types, AS_GOOD.types),
              noWorse("format and lint", lint, AS_GOOD.lint),
            ],
      ...(arena.against === undefined ? {} : { notes: [`${THERE}: ${arena.against}`] }),
    };
  },
};

/** A checkout, with its packages installed, is built; a binary is taken as it is. */
async function otherTree(path: string, folder: string): Promise<Tree> {
  const isCheckout = statSync(path).isDirectory();
  return isCheckout
    ? { name: THERE, binary: await buildBinary(join(folder, THERE), path), checkout: path }
    : { name: THERE, binary: path, checkout: undefined };
}

function inTurn(trees: readonly Tree[], round: number): readonly Tree[] {
  return round % 2 === 0 ? trees : trees.toReversed();
}

async function measureStart({ around }: Arena, binary: string): Promise<{ startMs: number; memoryMb: number }> {
  const begin = performance.now();
  const { url, pid, stop } = await startBinary(binary, around);
  try {
    await (await fetch(`${url}/health`)).text();
    const startMs = performance.now() - begin;
    await waitForWarm(url);
    await Bun.sleep(REST_MS);
    return { startMs, memoryMb: residentMb(pid) };
  } finally {
    await stop();
  }
}

/** How long a tool of a checkout's takes. Throws where it finds something, since it may have stopped there. */
async function seconds(checkout: string, [tool = "", ...args]: readonly string[]): Promise<number> {
  const begin = performance.now();
  const command = [join(checkout, "node_modules/.bin", tool), ...args];
  const child = Bun.spawn(command, { cwd: checkout, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const said = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if ((await child.exited) !== 0) throw new Error(`${tool} in ${checkout} finds something:\n${said.join("")}`);
  return (performance.now() - begin) / 1000;
}
