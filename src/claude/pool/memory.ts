import { readFileSync } from "node:fs";
import { freemem, platform } from "node:os";

const MB = 1024 * 1024;

/** What a process takes when it works, and what is left to all other programs. */
const NEEDED_MB = 256;
const RESERVE_MB = 512;

/**
 * Whether there is room for one more process. Only Linux tells what could be had without hurting anybody; elsewhere the number
 * of processes is the only bound.
 */
export function hasRoomForProcess(): boolean {
  return availableMb() >= NEEDED_MB + RESERVE_MB;
}

function availableMb(): number {
  if (platform() !== "linux") return Number.POSITIVE_INFINITY;
  const machine = parseMemInfo(read("/proc/meminfo")) ?? freemem() / MB;
  const group = groupMb(read("/sys/fs/cgroup/memory.max"), read("/sys/fs/cgroup/memory.current"));
  return Math.min(machine, group);
}

/** MemAvailable, in MB. */
export function parseMemInfo(text: string): number | undefined {
  const kb = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kb === undefined ? undefined : Number(kb) / 1024;
}

/** What a container may still take, in MB; infinite when it has no limit. The files hold bytes, or the word max. */
export function groupMb(max: string, current: string): number {
  const [limit, used] = [max, current].map((text) => (/^\d+\s*$/.test(text) ? Number(text) : undefined));
  if (limit === undefined || used === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(0, limit - used) / MB;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
