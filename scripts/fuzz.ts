// Throws what nobody should send at the server: bodies by the schema of every route with something else here and there, messages and frames on
// WebSockets, bytes that are no HTTP. `bun run fuzz [--seed N] [--cases N] [--real N] [--minutes N]`. Most of it meets a scripted backend, a few
// bodies the real CLI and the simulated API. Exit code 1 for an internal error, a hang, an error without its envelope, a request that is
// refused after the model was asked, or what is left over.
import { parseArgs } from "node:util";
import { startHarness } from "../test/support/harness.ts";
import { Random } from "./arena/random.ts";
import { wholeNumber } from "./flags.ts";
import { fuzz, type Outcome } from "./fuzz/run.ts";
import { scriptedTarget, type Target } from "./fuzz/scripted.ts";

const { values: flags } = parseArgs({
  options: {
    seed: { type: "string", default: String(1 + Math.floor(Math.random() * 1_000_000)) },
    cases: { type: "string", default: "20000" },
    real: { type: "string", default: "60" },
    minutes: { type: "string", default: "4" },
  },
});
const seed = wholeNumber("seed", flags.seed);
const total = wholeNumber("cases", flags.cases);
const deadline = performance.now() + wholeNumber("minutes", flags.minutes) * 60_000;
const random = new Random(seed);
const share = (part: number) => Math.ceil(total * part);

console.log(`seed ${seed}, ${total} cases`);
const scripted = scriptedTarget(random.fork());
const cases = { requests: share(0.8), messages: share(0.12), bytes: share(0.05), frames: share(0.02) };
const first = await fuzz({ target: scripted, random: random.fork(), cases, deadline }).finally(scripted.stop);
show("scripted backend", first);
for (const fault of first.faults) console.log(`- ${fault}`);
const real = await simulatedTarget();
const few = { requests: wholeNumber("real", flags.real), messages: 0, bytes: 0, frames: 0 };
const options = {
  target: real,
  random: random.fork(),
  cases: few,
  deadline: deadline + 60_000,
  looksBack: false,
};
const second = await fuzz(options).finally(real.stop);
show("real CLI, simulated API", second);
const faults = [...first.faults, ...second.faults];
for (const fault of second.faults) console.log(`- ${fault}`);
console.log(faults.length === 0 ? "nothing is wrong" : `${faults.length} faults; --seed ${seed} draws the same again`);
process.exit(faults.length === 0 ? 0 : 1);

async function simulatedTarget(): Promise<Target> {
  const harness = await startHarness({ config: { remoteImages: false } });
  const { url, simulator, log } = harness;
  return {
    url,
    port: Number(new URL(url).port),
    asked: () => simulator.requests.length,
    running: () => 0,
    get log() {
      return log.filter((line) => line.includes(" error "));
    },
    stop: async () => harness[Symbol.asyncDispose](),
  };
}

function show(title: string, { rows }: Outcome): void {
  console.log(`\n| ${title} | cases | answers |\n|---|---|---|`);
  for (const { kind, cases: count, statuses } of rows.filter((row) => row.cases > 0)) {
    console.log(`| ${kind} | ${count} | ${statuses} |`);
  }
}
