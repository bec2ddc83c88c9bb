import { readdirSync, readFileSync, readlinkSync } from "node:fs";

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
