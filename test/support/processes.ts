import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { type Harness, LEARN_TIMEOUT_MS } from "./harness.ts";
import { until } from "./wait.ts";
import { readHealth } from "./wire.ts";

export type ProcessView = {
  readonly pid: number;
  readonly argv: string[];
  readonly env: string[];
  readonly cwd: string;
};

/** Running processes whose environment holds this home directory: those that a test started, and their children. Linux only. */
export function processesOf(home: string): ProcessView[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const env = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
        if (!env.includes(`HOME=${home}`)) return [];
        const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
        return argv.length === 0 ? [] : [{ pid: Number(pid), argv, env, cwd: readlinkSync(`/proc/${pid}/cwd`) }];
      } catch {
        // It ended while we looked, or is somebody else's.
        return [];
      }
    });
}

/** The `claude` processes among them. */
export function claudeProcessesOf(home: string): ProcessView[] {
  return processesOf(home).filter(({ argv }) => argv.includes("--input-format"));
}

export const canSeeProcesses = process.platform === "linux";

/** Kills a process that may have ended since it was seen. */
export function killSeen({ pid }: { readonly pid: number }): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Ends all processes of a server that learns what the CLI attaches: whatever is asked next is asked in one that knows nothing. */
export async function forgetAll({ home, log, url }: Pick<Harness, "home" | "log" | "url">): Promise<void> {
  // What goes before a question in a live process is learnt once: then others can be told the same.
  await until(
    () => log.some((line) => line.includes("was probed") && line.includes("first attachments")),
    "it is known what the CLI attaches",
    LEARN_TIMEOUT_MS,
  );
  const seen = claudeProcessesOf(home);
  for (const process of seen) killSeen(process);
  const isGone = () => !claudeProcessesOf(home).some(({ pid }) => seen.some((process) => process.pid === pid));
  await until(isGone, "the processes are gone");
  const isNoticed = async () => {
    const { starting, ready, parked } = (await readHealth(url)).workers;
    return starting + ready + parked === 0;
  };
  await until(isNoticed, "the server has noticed");
}
