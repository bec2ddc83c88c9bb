import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Harness, type HarnessOptions, startHarness } from "./harness.ts";
import { until } from "./wait.ts";
import { readHealth } from "./wire.ts";

/**
 * What a file may say of the server that it shares: all of it is the simulated API's, which begins anew for each file. Whoever needs another
 * configuration, environment or home, stops the server, or has it learn something for good, starts one of its own.
 */
export type SharedOptions = Pick<HarnessOptions, "responder" | "madeUpModels">;

type Shared = { readonly harness: Harness; readonly log: string[]; isLent: boolean };

let shared: Promise<Shared> | undefined;

/**
 * A server that the files of one process use, one after the other: what most of them cost is the start of `claude` processes, and their first
 * turns. To be given back at the end of the file, as one of its own. Processes of earlier files are there, with what these said.
 */
export async function shareHarness(options: SharedOptions = {}): Promise<Harness> {
  // Nothing removes there what a test worker leaves, which has no end that it is told of.
  if (process.platform === "win32") return startHarness(options);
  shared ??= start().catch((error: unknown) => {
    shared = undefined;
    throw error;
  });
  const lent = await shared;
  if (lent.isLent) throw new Error("a file has not given the shared server back");
  lent.isLent = true;
  lent.harness.simulator.beginAnew(options);
  lent.log.length = 0;
  return { ...lent.harness, [Symbol.asyncDispose]: () => giveBack(lent) };
}

/** Its aliases. */
export const SHARED_ALIASES = { "gpt-4o": "claude-haiku-4", wide: "claude-sonnet-4-6:xhigh" };

/**
 * Room for a few more processes than one file needs: of those that had a system prompt, or a schema that the CLI asks for, none serves a request
 * without, so files that have both would else end one to start another time and again.
 */
const CONFIG = { maxWorkers: 5, modelAliases: SHARED_ALIASES };

async function start(): Promise<Shared> {
  const log: string[] = [];
  const harness = await startHarness({ log, config: CONFIG });
  removeAtExit(harness.home);
  return { harness, log, isLent: false };
}

async function giveBack(lent: Shared): Promise<void> {
  const { url, simulator } = lent.harness;
  const isIdle = async () => {
    const { busy, queued } = (await readHealth(url)).workers;
    return busy + queued === 0;
  };
  try {
    await until(isIdle, "no request runs at the end of the file");
  } catch (error) {
    // The next file gets another one.
    shared = undefined;
    await lent.harness[Symbol.asyncDispose]();
    throw error;
  }
  lent.isLent = false;
  const unused = simulator.clearQueue();
  if (unused > 0) throw new Error(`no request has used ${unused} of the replies that were scripted`);
}

/**
 * Removes the folders once this process is gone, however that came: `bun test` ends its workers without a word. The processes end
 * then by themselves (`src/claude/process/orphan-guard.ts`), the last of them maybe a moment later than we. What does so is no child of ours: where
 * a test takes too long, `bun test` kills all of these.
 */
function removeAtExit(home: string): void {
  const script = `(
    while kill -0 "$3"; do sleep 1; done
    for n in 1 2 3; do rm -rf -- "$1" "$2"*; sleep 1; [ -e "$1" ] || exit 0; done
  ) &`;
  const scratch = join(tmpdir(), `claude-max-api-cli-${process.pid}-`);
  Bun.spawnSync(["/bin/sh", "-c", script, "sh", home, scratch, String(process.pid)], {
    ...{ stdin: "ignore", stdout: "ignore", stderr: "ignore" },
    ...{ env: {}, cwd: "/", detached: true },
  });
}
