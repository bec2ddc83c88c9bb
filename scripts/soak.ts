// Hours of use in a few minutes: clients of all kinds at the built binary, some of which go away, over the real CLI, some of whose
// processes are killed, and the simulated API. `bun run soak [--requests N] [--minutes N] [--clients N] [--seed N]`. Afterwards
// the server must hold what it held before, every request must have reached the model exactly once and as it was, and none
// may hang. Exit code 1 when something is off. Linux only: it looks into /proc.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startSimulator } from "../src/simulator/simulator.ts";
import { toldTurns } from "../test/support/agent-conversation.ts";
import { processesOf } from "../test/support/processes.ts";
import { receivedSystem } from "../test/support/received.ts";
import { Random } from "./arena/random.ts";
import { growth, readVitals, TOLERANCE, type Vitals, waitForIdle } from "./arena/vitals.ts";
import { surroundings } from "./bench/arena.ts";
import { buildBinary, startBinary } from "./bench/binary.ts";
import { wholeNumber } from "./flags.ts";
import { Killer } from "./soak/killer.ts";
import { Ledger } from "./soak/ledger.ts";
import { orderOf, respond } from "./soak/model.ts";
import { Tally } from "./soak/tally.ts";
import { Visitor } from "./soak/visitor.ts";

const { values: flags } = parseArgs({
  options: {
    requests: { type: "string", default: "2000" },
    minutes: { type: "string", default: "10" },
    clients: { type: "string", default: "6" },
    seed: { type: "string", default: String(1 + Math.floor(Math.random() * 1_000_000)) },
  },
});
if (process.platform !== "linux") throw new Error("the soak looks into /proc, which only Linux has");
const clients = wholeNumber("clients", flags.clients);
const seed = wholeNumber("seed", flags.seed);
const deadline = performance.now() + wholeNumber("minutes", flags.minutes) * 60_000;
/** Enough for all that is kept to be there, and for memory to have been used once. */
const WARM_UP_REQUESTS = 200;

const random = new Random(seed);
const ledger = new Ledger();
const faults: string[] = [];
let sent = 0;

const cleanup = new AsyncDisposableStack();
let ending: Promise<void> | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void end().finally(() => process.exit(1)));
try {
  console.log(`seed ${seed}, ${flags.requests} requests of ${clients} clients`);
  const home = mkdtempSync(join(tmpdir(), "claude-max-api-soak-"));
  cleanup.defer(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));
  const simulator = startSimulator({ responder: respond });
  cleanup.defer(() => simulator.close());
  const binary = await buildBinary(home);
  // Clients that went away with calls open leave processes that wait for the results: not for long here.
  const server = await startBinary(binary, surroundings(home, simulator.url), ["--park-timeout", "5"]);
  cleanup.defer(server.stop);

  const tally = new Tally();
  const killer = new Killer(server.pid, random.fork());
  cleanup.defer(async () => killer.stop());
  await visit({ until: WARM_UP_REQUESTS, canLeave: false });
  const before = await rest();
  killer.start();
  await visit({ until: WARM_UP_REQUESTS + wholeNumber("requests", flags.requests), canLeave: true });
  killer.stop();
  const after = await rest();

  faults.push(...growth(before, after));
  faults.push(
    ...ledger.faults(simulator.requests.map((request) => ({ tag: orderOf(request)?.tag, form: formOf(request) }))),
  );
  faults.push(...simulator.unexpected.map(({ method, path }) => `the CLI asked for ${method} ${path}`));
  await server.stop();
  const left = processesOf(home).length;
  if (left > 0) faults.push(`${left} processes outlive the server`);
  report(before, after, tally.lines(), killer.times.length, simulator.requests.length);

  async function visit({ until, canLeave }: { until: number; canLeave: boolean }): Promise<void> {
    const client = async () => {
      const visitor = new Visitor(random.fork(), {
        url: server.url,
        ledger,
        canLeave,
        nextTag: () => ++sent,
        onFault: (fault) => faults.push(fault),
        onExchange: (activity, tag, over) => {
          const { allowed, fault } = tally.add(activity, over, killer.hasStruck(over.begin, over.end));
          ledger.expect(tag, allowed);
          if (fault !== undefined) faults.push(`request ${tag}: ${fault}`);
        },
      });
      while (sent < until && performance.now() < deadline) await visitor.act();
    };
    await Promise.all(Array.from({ length: clients }, client));
  }

  async function rest(): Promise<Vitals> {
    if (!(await waitForIdle(server.url))) faults.push("the server did not come to rest");
    return readVitals(server.pid);
  }
} finally {
  await end();
}

/** Stops everything, once, whoever asks for it first. */
function end(): Promise<void> {
  ending ??= cleanup.disposeAsync();
  return ending;
}

function formOf(request: Parameters<typeof toldTurns>[0]): string {
  return JSON.stringify({ system: receivedSystem(request) ?? "", turns: toldTurns(request) });
}

function report(before: Vitals, after: Vitals, lines: readonly string[], kills: number, arrived: number): void {
  const state = ({ processes, files, residentMb }: Vitals) =>
    `${processes} processes, ${files} open files, ${residentMb.toFixed(0)} MB`;
  console.log(lines.join("\n"));
  console.log(`${sent} requests sent, ${arrived} reached the model, ${kills} processes killed`);
  if (performance.now() >= deadline) console.log("the time was up before all requests were sent");
  console.log(`at rest, after ${WARM_UP_REQUESTS} requests: ${state(before)}`);
  console.log(`at rest, in the end: ${state(after)}`);
  console.log(`tolerated: ${TOLERANCE.files} files and ${TOLERANCE.residentMb} MB more`);
  for (const fault of faults.slice(0, 20)) console.log(`FAULT ${fault}`);
  console.log(faults.length === 0 ? "nothing is off" : `${faults.length} faults; again with --seed ${seed}`);
  if (faults.length > 0) process.exitCode = 1;
}
