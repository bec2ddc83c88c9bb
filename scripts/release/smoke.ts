import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { at } from "../json-path.ts";
import { type Runner, runnersFor } from "./runners.ts";
import { startServer } from "./server.ts";
import type { Target } from "./targets.ts";

/** What came of starting a binary: in which ways it ran, or why it was not started. */
export type Outcome = {
  readonly target: string;
  readonly ran: boolean;
  /** `natively`, or why not. */
  readonly how: string;
};

/**
 * Starts a target's binary in every way that this machine has: its version, then the server, two of its routes, and its end. Throws when one
 * that can be started does not do as it should.
 */
export async function smoke(target: Target, binary: string, version: string, scratch: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const runner of await runnersFor(target, scratch)) {
    if ("why" in runner) outcomes.push({ target: target.name, ran: false, how: runner.why });
    else {
      try {
        await run(runner, binary, version, scratch);
      } catch (error) {
        throw new Error(
          `${target.name} does not run ${runner.name}: ${error instanceof Error ? error.message : error}`,
        );
      } finally {
        await runner.stop?.();
      }
      outcomes.push({ target: target.name, ran: true, how: runner.name });
    }
  }
  return outcomes;
}

async function run(
  { command, env, faithful }: Runner,
  binary: string,
  version: string,
  scratch: string,
): Promise<void> {
  const home = join(scratch, "home");
  mkdirSync(home, { recursive: true });
  const surroundings = { HOME: home, PATH: "/nowhere", ...env };
  const told = Bun.spawn([...command, binary, "--version"], {
    cwd: home,
    env: surroundings,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [said, errors] = await Promise.all([new Response(told.stdout).text(), new Response(told.stderr).text()]);
  if (said.trim() !== version) throw new Error(`--version told ${JSON.stringify(said)}, not ${version}: ${errors}`);

  const server = await startServer([...command, binary, "--port", "0", "--log-level", "error"], home, surroundings);
  try {
    const health: unknown = await (await fetch(`${server.url}/health`)).json();
    const code = at(health, "problem", "code");
    // There is no Claude CLI, which the server has to find out without failing.
    if (code !== "cli_missing")
      throw new Error(`/health tells ${JSON.stringify(health)}, not that the Claude CLI is missing`);
    const models: unknown = await (await fetch(`${server.url}/v1/models`)).json();
    if (at(models, "object") !== "list") throw new Error(`/v1/models tells ${JSON.stringify(models)}`);
  } finally {
    await server.stop();
  }
  const exit = await server.exited;
  if (faithful && exit !== 0) throw new Error(`it exited with ${exit} after SIGTERM`);
}
