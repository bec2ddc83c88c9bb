import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { type RecordedRequest, type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { CLAUDE } from "./harness.ts";
import { canSeeProcesses, processesOf } from "./processes.ts";
import { runProgram } from "./program.ts";
import { until } from "./wait.ts";

/** The built binary with the real CLI against the simulated API, and the official SDK as its client. */
export type Binary = AsyncDisposable & {
  readonly url: string;
  readonly simulator: Simulator;
  /** Nothing is set but the base URL and some key, and that it does not try again. */
  readonly client: OpenAI;
};

export async function startBinary(): Promise<Binary> {
  const home = mkdtempSync(join(tmpdir(), "claude-max-api-binary-"));
  const path = join(home, "bin", process.platform === "win32" ? "claude-max-api.exe" : "claude-max-api");
  await build(path);
  const simulator = startSimulator();
  const args = ["--port", "0", "--anthropic-base-url", simulator.url, "--claude-path", CLAUDE];
  const program = runProgram(home, args, {}, [path]);
  const url = await program.url;
  return {
    url,
    simulator,
    client: new OpenAI({ baseURL: `${url}/v1`, apiKey: "anything", maxRetries: 0 }),
    async [Symbol.asyncDispose]() {
      // First, since the binary waits for the answers that a failed test has left open.
      await simulator.close();
      program.child.kill("SIGTERM");
      const code = await program.child.exited;
      if (code !== 0) throw new Error(`the binary exited with ${code}: ${await program.stderr}`);
      if (canSeeProcesses) await until(() => processesOf(home).length === 0, "no process outlives the binary");
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function build(path: string): Promise<void> {
  const script = join(import.meta.dir, "../../scripts/build.ts");
  const child = Bun.spawn([process.execPath, script, `--outfile=${path}`], { stdout: "ignore", stderr: "pipe" });
  const errors = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`the build failed: ${errors}`);
}

/** The requests that a piece of work brought about, each accepted by the API. */
export async function requestsDuring(simulator: Simulator, work: () => Promise<unknown>): Promise<RecordedRequest[]> {
  const before = simulator.requests.length;
  await work();
  const requests = simulator.requests.slice(before);
  for (const { refusal } of requests) if (refusal) throw new Error(`the API refused: ${refusal.message}`);
  return requests;
}
