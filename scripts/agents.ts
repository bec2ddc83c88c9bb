// Real agents and SDKs, newest versions from npm, over the built binary, the real CLI and the simulated API: each is connected by
// what `connect` writes or prints, and must get its task done. `bun run agents [--only NAME]`. Needs npm, Node.js and some
// minutes; an agent is kept from asking anything but this machine. Exit code 1 when one fails.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startSimulator } from "../src/simulator/simulator.ts";
import { AGENTS } from "./agents/agents.ts";
import { modelFor, type Order } from "./agents/model.ts";
import { runSnippet, SNIPPETS } from "./agents/snippets.ts";
import { endLeftovers, toolLoop } from "./agents/tool-loop.ts";
import type { Workshop } from "./agents/workshop.ts";
import { surroundings } from "./bench/arena.ts";
import { buildBinary, startBinary } from "./bench/binary.ts";

const { values: flags } = parseArgs({ options: { only: { type: "string" } } });
const names = [...SNIPPETS, ...AGENTS].map(({ name }) => name);
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
  let order: Order | undefined;
  const simulator = startSimulator({ responder: modelFor(() => order) });
  cleanup.defer(() => simulator.close());
  const binary = await buildBinary(folder);
  const server = await startBinary(binary, surroundings(folder, simulator.url));
  cleanup.defer(server.stop);
  const workshop: Workshop = { folder, binary, url: server.url };

  for (const snippet of chosen(SNIPPETS)) {
    await attempt(snippet.name, () => runSnippet(snippet, workshop, "A file is made", simulator.requests));
  }
  for (const agent of chosen(AGENTS)) {
    await attempt(agent.name, () => {
      return toolLoop(agent, workshop, (given) => {
        order = given;
        const before = simulator.requests.length;
        return () => simulator.requests.slice(before);
      });
    });
    order = undefined;
    endLeftovers(workshop, agent.name);
  }
  for (const { method, path } of simulator.unexpected) fail("the CLI", new Error(`it asked for ${method} ${path}`));
} finally {
  await end();
}

async function attempt(name: string, work: () => Promise<string>): Promise<void> {
  const begin = performance.now();
  try {
    const said = await work();
    console.log(`ok    ${name}: ${said}, ${((performance.now() - begin) / 1000).toFixed(1)} s with installing`);
  } catch (error) {
    fail(name, error);
  }
}

function fail(name: string, error: unknown): void {
  console.log(`FAILED ${name}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

/** Stops everything, once, whoever asks for it first. */
function end(): Promise<void> {
  ending ??= cleanup.disposeAsync();
  return ending;
}
