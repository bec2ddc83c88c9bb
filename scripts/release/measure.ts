import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulator } from "../../src/simulator/simulator.ts";
import { quantile } from "../bench/figures.ts";
import { cpuMs, residentMb } from "../processes.ts";
import { startServer } from "./server.ts";

const ROUNDS = 11;
/** How long a server is left alone before its memory is read. */
const IDLE_MS = 2000;

export type Figures = {
  /** From the start of the process to the answer of its first `GET /health`, in milliseconds. */
  readonly startMs: { readonly median: number; readonly least: number; readonly most: number };
  /** The processor time that it takes for that, which a busy machine does not change much. */
  readonly startCpuMs: number;
  /** Of the server's own process, in MB, once it has been idle; NaN where the system does not tell. */
  readonly idleMb: number;
};

/** Measures a binary that runs on this machine: without any Claude CLI, or with one that asks a simulated API. */
export async function measure(binary: string, claude?: string): Promise<Figures> {
  const home = mkdtempSync(join(tmpdir(), "claude-max-api-measure-"));
  const simulator = startSimulator();
  const withClaude = claude === undefined ? [] : ["--claude-path", claude, "--anthropic-base-url", simulator.url];
  const command = [binary, "--port", "0", "--log-level", "error", ...withClaude];
  const starts: number[] = [];
  const processor: number[] = [];
  const memory: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const begin = performance.now();
      const server = await startServer(command, home, { HOME: home, PATH: "/nowhere" });
      try {
        await (await fetch(`${server.url}/health`)).text();
        starts.push(performance.now() - begin);
        processor.push(cpuMs(server.pid));
        if (round < 3) {
          await Bun.sleep(IDLE_MS);
          memory.push(residentMb(server.pid));
        }
      } finally {
        await server.stop();
      }
    }
  } finally {
    await simulator.close();
    rmSync(home, { recursive: true, force: true });
  }
  return {
    startMs: { median: quantile(starts, 0.5), least: Math.min(...starts), most: Math.max(...starts) },
    startCpuMs: quantile(processor, 0.5),
    idleMb: quantile(memory, 0.5),
  };
}
