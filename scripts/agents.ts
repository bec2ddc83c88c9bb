// Real agents and SDKs, newest versions from npm, over the built binary, the real CLI and the simulated API: each is connected by
// what `connect` writes or prints, and must get its task done. `bun run agents [--only NAME]`. Needs npm, Node.js and some
// minutes; an agent is kept from asking anything but this machine. Exit code 1 when one fails.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startSimulator } from "../src/simulator/simulator.ts";
import { AGENTS } from "./agents/agents.ts";
import { modelFor, type Order } from "./agents/model.ts";
import { SDKS, useSdk } from "./agents/sdks.ts";
import { followLog } from "./agents/served.ts";
import { runSnippet, SNIPPETS } from "./agents/snippets.ts";
import { type Around, type Outcome, toolLoop } from "./agents/tool-loop.ts";
import { install, installNode, type Workshop } from "./agents/workshop.ts";
import { surroundings } from "./bench/arena.ts";
import { buildBinary, startBinary } from "./bench/binary.ts";

const { values: flags } = parseArgs({
  options: {
    only: { type: "string" },
    wire: { type: "string" },
    packages: { type: "string" },
    record: { type: "string" },
  },
});
const names = [...SNIPPETS, ...SDKS, ...AGENTS].map(({ name }) => name);
if (flags.only !== undefined && !names.includes(flags.only)) {
  throw new Error(`--only must be one of ${names.join(", ")}, not ${JSON.stringify(flags.only)}`);
}
const chosen = <T extends { readonly name: string }>(all: readonly T[]) =>
  all.filter(({ name }) => flags.only === undefined || name === flags.only);

const cleanup = new AsyncDisposableStack();
let ending: Promise<void> | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void end().finally(() => process.exit(1)));
try {
  const folder = mkdtempSync(join(tmpdir(), "claude-max-api-agents-"));
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  let orders: readonly Order[] = [];
  const simulator = startSimulator({ responder: modelFor(() => orders) });
  cleanup.defer(() => simulator.close());
  const binary = await buildBinary(folder);
  const debugLog = join(folder, "server.log");
  writeFileSync(debugLog, "");
  const server = await startBinary(binary, surroundings(folder, simulator.url), [], { debugLog });
  cleanup.defer(server.stop);
  const packages = flags.packages ?? join(folder, "packages");
  const workshop: Workshop = { folder, packages, binary, url: server.url };

  const node = await installNode(packages);
  for (const snippet of chosen(SNIPPETS)) {
    await attempt(snippet.name, async () => {
      const summary = await runSnippet(snippet, workshop, node, simulator.requests);
      return { summary, problems: [], notes: [] };
    });
  }
  const around: Around = {
    workshop,
    node,
    record: flags.record,
    give: (given) => {
      orders = given;
      let before = simulator.requests.length;
      const log = followLog(debugLog);
      return () => {
        const requests = simulator.requests.slice(before);
        before += requests.length;
        return { requests, ...log() };
      };
    },
  };
  for (const sdk of chosen(SDKS)) {
    for (const wire of sdk.wires.filter((name) => flags.wire === undefined || flags.wire === name)) {
      await attempt(`${sdk.name} (${wire})`, () => useSdk(sdk, wire, around));
      orders = [];
    }
  }
  for (const agent of chosen(AGENTS)) {
    const wires = agent.wires.filter(({ name }) => flags.wire === undefined || flags.wire === name);
    for (const wire of wires) {
      await attempt(`${agent.name} (${wire.name})`, async () => {
        const installed = await install(join(packages, agent.name), agent.packages);
        return toolLoop(agent, wire, installed, around);
      });
      orders = [];
    }
  }
  for (const { method, path } of simulator.unexpected) fail("the CLI", [`it asked for ${method} ${path}`]);
} finally {
  await end();
}

async function attempt(name: string, work: () => Promise<Outcome>): Promise<void> {
  const begin = performance.now();
  try {
    const { summary, problems, notes } = await work();
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    if (problems.length > 0) fail(name, [summary, ...problems]);
    else console.log(`ok    ${name}: ${summary}, ${seconds} s with installing`);
    for (const note of notes) console.log(`      ${note}`);
  } catch (error) {
    fail(name, [error instanceof Error ? error.message : String(error)]);
  }
}

function fail(name: string, problems: readonly string[]): void {
  console.log(`FAILED ${name}: ${problems.join("\n  ")}`);
  process.exitCode = 1;
}

/** Stops everything, once, whoever asks for it first. */
function end(): Promise<void> {
  ending ??= cleanup.disposeAsync();
  return ending;
}
