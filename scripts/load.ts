// Many at once at the whole program, in front of a scripted CLI: slow readers, leavers, calls that nobody answers, large bodies, more requests
// than may be under way, and one program beside another's many. `bun run load [--seed N] [--percent N] [--minutes N]`. Exit code 1 for an
// error that load is no reason for, a hang, a question that waits for another program's, and what is left. Linux only.
import { parseArgs } from "node:util";
import { endOnSignals } from "./arena/place.ts";
import { Random } from "./arena/random.ts";
import { wholeNumber } from "./flags.ts";
import { load } from "./load/patterns.ts";

const { values: flags } = parseArgs({
  options: {
    seed: { type: "string", default: String(1 + Math.floor(Math.random() * 1_000_000)) },
    percent: { type: "string", default: "100" },
    minutes: { type: "string", default: "5" },
  },
});
if (process.platform !== "linux") throw new Error("this looks into /proc, which only Linux has");
endOnSignals();
const seed = wholeNumber("seed", flags.seed);
const deadline = performance.now() + wholeNumber("minutes", flags.minutes) * 60_000;
console.log(`seed ${seed}`);
const share = wholeNumber("percent", flags.percent) / 100;
const { rows, faults } = await load({ random: new Random(seed), share, deadline });
console.log("| load | clients | ms | how it ended |\n|---|---|---|---|");
for (const { name, clients, ms, ends } of rows) console.log(`| ${name} | ${clients} | ${ms} | ${ends} |`);
for (const fault of new Set(faults)) console.log(`- ${fault}`);
console.log(faults.length === 0 ? "nothing is wrong" : `${faults.length} faults; --seed ${seed} draws the same again`);
process.exit(faults.length === 0 ? 0 : 1);
