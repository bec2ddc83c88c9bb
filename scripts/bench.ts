// Speed and cost, side by side: the simulated API asked directly (the limit), `claude -p` started for the request, with `--proxy`
// the npm package claude-max-api-proxy, and our built binary. `bun run bench [--proxy] [--rounds N] [--only NAME] [--json]`,
// and `--only house [--against PATH]` for this program's own figures.
// Builds the binary itself. Everything stays on loopback, but for npm fetching the proxy; no login is used.
import { cpus, platform, release, totalmem } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import packageJson from "../package.json" with { type: "json" };
import { type Arena, openArena, type Scenario } from "./bench/arena.ts";
import { BARE } from "./bench/bare-cli.ts";
import { CLAUDE } from "./bench/binary.ts";
import { bulk } from "./bench/bulk.ts";
import { COLD, DIRECT, OURS, PROXY } from "./bench/contestants.ts";
import { conversationTokens } from "./bench/conversation-tokens.ts";
import { fairness } from "./bench/fairness.ts";
import { firstToken } from "./bench/first-token.ts";
import { growth } from "./bench/growth.ts";
import { house, TREES } from "./bench/house.ts";
import { longStream } from "./bench/long-stream.ts";
import { manyStreams } from "./bench/many-streams.ts";
import { memory } from "./bench/memory.ts";
import { pacedStream } from "./bench/paced-stream.ts";
import { page, WATCHED } from "./bench/page.ts";
import { type NamedReport, printReport } from "./bench/print.ts";
import { PROXY_PACKAGE } from "./bench/proxy.ts";
import { start } from "./bench/start.ts";
import { throughput } from "./bench/throughput.ts";
import { toolLoop } from "./bench/tool-loop.ts";
import { unseen } from "./bench/unseen.ts";
import { upstreamBytes } from "./bench/upstream-bytes.ts";
import { wholeNumber } from "./flags.ts";

const SCENARIOS: readonly Scenario[] = [
  start,
  firstToken,
  unseen,
  growth,
  toolLoop,
  throughput,
  longStream,
  pacedStream,
  manyStreams,
  fairness,
  upstreamBytes,
  conversationTokens,
  memory,
  page,
  bulk,
];
/** Those that run only when they are named. */
const ASKED_FOR: readonly Scenario[] = [house];
const COLUMNS = [DIRECT, COLD, BARE, PROXY, OURS, ...WATCHED, ...TREES];
/** Far more than a run takes: it bounds one that hangs. */
const LIMIT_MS = 20 * 60_000;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    against: { type: "string" },
    only: { type: "string", default: "" },
    proxy: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const rounds = wholeNumber("rounds", flags.rounds);
const named = [...SCENARIOS, ...ASKED_FOR];
const chosen = flags.only === "" ? SCENARIOS : named.filter(({ name }) => name === flags.only);
if (chosen.length === 0) throw new Error(`--only takes one of ${named.map(({ name }) => name).join(", ")}`);

if (flags.against !== undefined && flags.only !== house.name)
  throw new Error(`--against goes with --only ${house.name}`);
const against = flags.against === undefined ? undefined : resolve(flags.against);

const cleanup = new AsyncDisposableStack();
let ending: Promise<void> | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop(`stopped by ${signal}`));
const limit = setTimeout(() => void stop("the bench takes too long"), LIMIT_MS);
cleanup.defer(() => clearTimeout(limit));
try {
  const arena = await openArena(cleanup, { rounds, against, withProxy: flags.proxy });
  if (!flags.json) console.log(heading());
  const reports: NamedReport[] = [];
  for (const scenario of chosen) {
    const report = await runScenario(scenario, arena);
    reports.push(report);
    if (!flags.json) printReport(report, COLUMNS);
  }
  const took = seconds(performance.now());
  const scenarios = reports;
  if (flags.json) console.log(JSON.stringify({ ...surroundings(), seconds: took, scenarios }, null, 2));
  else console.log(`\n${took} s in all`);
} finally {
  await end();
}

/** Stops everything, once, whoever asks for it first. */
function end(): Promise<void> {
  ending ??= cleanup.disposeAsync();
  return ending;
}

/** A scenario that fails leaves the others to be measured, and the exit code to tell. */
async function runScenario({ name, title, run }: Scenario, arena: Arena): Promise<NamedReport> {
  const begin = performance.now();
  try {
    await arena.settle();
    const report = await run(arena);
    return { name, title, ...report, seconds: seconds(performance.now() - begin) };
  } catch (error) {
    process.exitCode = 1;
    const failure = error instanceof Error ? error.message : String(error);
    return { name, title, rows: [], goals: [], failure, seconds: seconds(performance.now() - begin) };
  }
}

async function stop(reason: string): Promise<never> {
  console.error(reason);
  await end();
  process.exit(1);
}

function surroundings() {
  const [cpu] = cpus();
  return {
    machine: {
      cpus: cpus().length,
      model: cpu?.model.trim() ?? "unknown",
      memoryGb: Math.round(totalmem() / 2 ** 30),
      system: `${platform()} ${release()}`,
    },
    versions: {
      "claude-max-api": packageJson.version,
      bun: Bun.version,
      claude: Bun.spawnSync([CLAUDE, "--version"]).stdout.toString().trim(),
      ...(flags.proxy ? { proxy: PROXY_PACKAGE } : {}),
    },
    rounds,
  };
}

function heading(): string {
  const { machine, versions } = surroundings();
  const { cpus: count, model, memoryGb, system } = machine;
  return [
    `${count} x ${model}, ${memoryGb} GB, ${system}`,
    Object.entries(versions)
      .map(([name, version]) => (version.includes("@") ? version : `${name} ${version}`))
      .join(", "),
    `${rounds} interleaved rounds where it is about time, fewer where a round takes long.`,
    "Cells: median / 95th percentile (number of measurements), and below it from the least to the most.",
  ].join("\n");
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
