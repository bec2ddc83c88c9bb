import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { type RecordedRequest, type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { builtBinary } from "./built-binary.ts";
import { loggedInClaude } from "./logged-in-claude.ts";
import { canSeeProcesses, processesOf } from "./processes.ts";
import { runProgram } from "./program.ts";
import { until } from "./wait.ts";

/** The built binary with the real CLI against the simulated API, and the official SDKs as its clients. */
export type RunningBinary = {
  readonly url: string;
  readonly simulator: Simulator;
  /** Tells its processes apart. */
  readonly home: string;
  /** In both nothing is set but the base URL and some key, and that they do not try again. */
  readonly client: OpenAI;
  readonly anthropic: Anthropic;
};

export type Binary = RunningBinary & AsyncDisposable;

export type BinaryOptions = {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

/** One of its own, for a test that says how it is started or ends it. */
export async function startBinary({ flags = [], env = {} }: BinaryOptions = {}): Promise<Binary> {
  const path = await builtBinary();
  const home = makeHome();
  const simulator = startSimulator();
  const program = runProgram(home, argumentsOf(home, simulator, flags), env, [path]);
  const end = async () => {
    // First, since the binary waits for the answers that a failed test has left open.
    await simulator.close();
    program.child.kill("SIGTERM");
    const code = await program.child.exited;
    if (canSeeProcesses) await until(() => processesOf(home).length === 0, "no process outlives the binary");
    rmSync(home, { recursive: true, force: true });
    if (code !== 0) throw new Error(`the binary exited with ${code}: ${await program.stderr}`);
  };
  const url = await program.url.catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return { ...clientsOf(url, simulator, home), [Symbol.asyncDispose]: end };
}

let shared: Promise<RunningBinary> | undefined;

/** The one that all files of a test worker ask, so that its processes are started once; it ends with the worker. */
export async function sharedBinary(): Promise<RunningBinary> {
  shared ??= startShared();
  const binary = await shared;
  binary.simulator.clearQueue();
  return binary;
}

async function startShared(): Promise<RunningBinary> {
  const path = await builtBinary();
  const home = makeHome();
  const simulator = startSimulator();
  const keeper = [process.execPath, "--no-env-file", join(import.meta.dir, "keeper.ts"), home];
  const program = runProgram(home, argumentsOf(home, simulator), {}, [...keeper, path], "pipe");
  const url = await program.url;
  program.child.unref();
  return clientsOf(url, simulator, home);
}

const makeHome = () => mkdtempSync(join(tmpdir(), "claude-max-api-binary-"));

function argumentsOf(home: string, simulator: Simulator, flags: readonly string[] = []): string[] {
  // Fewer starts of the CLI, see the harness.
  const few = Object.entries({ "--warm": "0", "--max-workers": "3" }).flatMap((flag) =>
    flags.includes(flag[0]) ? [] : flag,
  );
  const claude = loggedInClaude(home);
  return ["--port", "0", "--anthropic-base-url", simulator.url, "--claude-path", claude, ...few, ...flags];
}

function clientsOf(url: string, simulator: Simulator, home: string): RunningBinary {
  return {
    url,
    simulator,
    home,
    client: new OpenAI({ baseURL: `${url}/v1`, apiKey: "anything", maxRetries: 0 }),
    anthropic: new Anthropic({ baseURL: url, apiKey: "anything", maxRetries: 0 }),
  };
}

/** The requests that a piece of work brought about, each accepted by the API. */
export async function requestsDuring(simulator: Simulator, work: () => Promise<unknown>): Promise<RecordedRequest[]> {
  const before = simulator.requests.length;
  await work();
  const requests = simulator.requests.slice(before);
  for (const { refusal } of requests) if (refusal) throw new Error(`the API refused: ${refusal.message}`);
  return requests;
}
