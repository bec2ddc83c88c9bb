import { readFileSync } from "node:fs";
import { freemem, platform } from "node:os";
import { attempt } from "../../core/attempt.ts";

const MB = 1024 * 1024;

/** What a process takes when it works, and what is left to all other programs. */
const NEEDED_MB = 256;
const RESERVE_MB = 512;

/** What must be available for one more process to be started, in MB. */
export const ROOM_MB = NEEDED_MB + RESERVE_MB;

/**
 * Whether there is room for one more process. Only Linux tells what could be had without hurting anybody; elsewhere the number
 * of processes is the only bound.
 */
export function hasRoomForProcess(): boolean {
  return availableMb() >= ROOM_MB;
}

/** Infinite where the system does not tell. */
export function availableMb(): number {
  if (platform() !== "linux") return Number.POSITIVE_INFINITY;
  const machine = parseMemInfo(read("/proc/meminfo")) ?? freemem() / MB;
  const [max, current, stat] = ["max", "current", "stat"].map((name) => read(`/sys/fs/cgroup/memory.${name}`));
  const group = groupMb(max ?? "", current ?? "", stat ?? "");
  return Math.min(machine, group);
}

/** MemAvailable, in MB. */
export function parseMemInfo(text: string): number | undefined {
  const kb = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kb === undefined ? undefined : Number(kb) / 1024;
}

/**
 * What a container may still take, in MB; infinite when it has no limit. The first two files hold bytes, or the word max; of what
 * is used, the cache of files not looked at lately is given up for the asking.
 */
export function groupMb(max: string, current: string, stat: string): number {
  const [limit, used] = [max, current].map((text) => (/^\d+\s*$/.test(text) ? Number(text) : undefined));
  if (limit === undefined || used === undefined) return Number.POSITIVE_INFINITY;
  const reclaimable = Number(/^inactive_file (\d+)$/m.exec(stat)?.[1] ?? 0);
  return Math.max(0, limit - Math.max(0, used - reclaimable)) / MB;
}

function read(path: string): string {
  return attempt(() => readFileSync(path, "utf8")) ?? "";
}
