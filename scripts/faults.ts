// Lets what the server leans on fail, at every step: a scripted CLI, Anthropic's answers behind the real CLI, and the machine.
// `bun run faults [--seed N] [--cases N] [--api N] [--no-machine] [--minutes N]`. Exit code 1 for an internal error, a hang, an answer without its
// envelope or its end, a request that the model was asked for too often, and what is left: processes, files, descriptors, memory.
import { parseArgs } from "node:util";
import { endOnSignals } from "./arena/place.ts";
import { Random } from "./arena/random.ts";
import { ownGrowth, readOwnVitals } from "./arena/vitals.ts";
import { drawApiCases, openApiArena } from "./faults/api-cases.ts";
import { type CaseOutcome, drawCliCases, runCliCase } from "./faults/cli-cases.ts";
import { MACHINE_CASES } from "./faults/machine-cases.ts";
import { wholeNumber } from "./flags.ts";

const { values: flags } = parseArgs({
  options: {
    seed: { type: "string", default: String(1 + Math.floor(Math.random() * 1_000_000)) },
    cases: { type: "string", default: "160" },
    api: { type: "string", default: "96" },
    machine: { type: "boolean", default: true },
    minutes: { type: "string", default: "10" },
  },
  allowNegative: true,
});
endOnSignals();
const seed = wholeNumber("seed", flags.seed);
const random = new Random(seed);
const deadline = performance.now() + wholeNumber("minutes", flags.minutes) * 60_000;
/** Cases mostly wait for what is slow to fail. */
const AT_ONCE = 6;

const faults: string[] = [];
const rows = new Map<string, Map<string, number>>();
console.log(`seed ${seed}`);

const note = (row: string, name: string, { hasStruck, answers, faults: found }: CaseOutcome) => {
  const ends = rows.get(row) ?? new Map<string, number>();
  rows.set(row, ends);
  const end = hasStruck ? answers.join(" ") : "not reached";
  ends.set(end, (ends.get(end) ?? 0) + 1);
  for (const fault of found) faults.push(`${name}: ${fault}`);
};

// One first, so that everything was used once.
const cases = drawCliCases(random.fork(), wholeNumber("cases", flags.cases));
await runCliCase({ fault: "ends", step: Number.MAX_SAFE_INTEGER, often: "once", asks: "a call" });
const before = readOwnVitals();
const queue = [...cases];
const work = async () => {
  for (let one = queue.shift(); one !== undefined && performance.now() < deadline; one = queue.shift()) {
    note(`the CLI: ${one.fault}, ${one.often}`, JSON.stringify(one), await runCliCase(one));
  }
};
await Promise.all(Array.from({ length: AT_ONCE }, work));
faults.push(...(await ownGrowth(before)));

{
  await using arena = await openApiArena();
  for (const one of drawApiCases(random.fork(), wholeNumber("api", flags.api))) {
    if (performance.now() > deadline) break;
    note(`Anthropic's answer: ${one.fault}`, JSON.stringify(one), await arena.run(one));
  }
}
if (flags.machine) for (const { name, run } of MACHINE_CASES) note(`the machine: ${name}`, name, await run());

console.log("| what failed | how it ended: statuses, and how often |\n|---|---|");
for (const [row, ends] of [...rows].sort(([a], [b]) => a.localeCompare(b))) {
  console.log(`| ${row} | ${[...ends].map(([end, count]) => `${end}: ${count}`).join(", ")} |`);
}
for (const fault of faults) console.log(`- ${fault}`);
if (performance.now() > deadline) console.log("the time was up before all was tried");
console.log(faults.length === 0 ? "nothing is wrong" : `${faults.length} faults; --seed ${seed} draws the same again`);
process.exit(faults.length === 0 ? 0 : 1);
