import { heapStats } from "bun:jsc";
import { workersOf } from "../bench/binary.ts";
import { children, openFiles, residentMb } from "../processes.ts";

/** What a server holds when it has nothing to do. */
export type Vitals = { readonly processes: number; readonly files: number; readonly residentMb: number };

/** What may be more than before: connections that clients keep open, and memory that is reused, but not given back. */
export const TOLERANCE: Vitals = { processes: 0, files: 12, residentMb: 30 };

const IDLE_LIMIT_MS = 60_000;
const CALM_MS = 2_000;

/** Waits until the server has had nothing to do for a while. False: it did not come to that. */
export async function waitForIdle(url: string, calmMs = CALM_MS): Promise<boolean> {
  const end = performance.now() + IDLE_LIMIT_MS;
  let calmSince = performance.now();
  while (performance.now() < end) {
    const { starting, busy, parked } = await workersOf(url);
    if (starting + busy + parked > 0) calmSince = performance.now();
    else if (performance.now() - calmSince >= calmMs) return true;
    await Bun.sleep(100);
  }
  return false;
}

export function readVitals(pid: number): Vitals {
  return { processes: children(pid).length, files: openFiles(pid), residentMb: residentMb(pid) };
}

/** What has grown beyond what is tolerated. */
export function growth(before: Vitals, after: Vitals, tolerance = TOLERANCE): string[] {
  const names = ["processes", "files", "residentMb"] as const;
  return names
    .filter((name) => after[name] > before[name] + tolerance[name])
    .map((name) => `${name}: ${before[name].toFixed(0)} before, ${after[name].toFixed(0)} after`);
}

/** What a server in this process holds, with those who ask it. */
export type OwnVitals = { readonly heapBytes: number; readonly files: number };

/** What heap and descriptors may have more at the end, which caches and the last answers explain. */
const SPARE_HEAP_BYTES = 24 * 1024 * 1024;
const SPARE_FILES = 4;

export function readOwnVitals(): OwnVitals {
  Bun.gc(true);
  return { heapBytes: heapStats().heapSize, files: openFiles(process.pid) };
}

/** What is left, once what ends by itself had the time to. `running` tells how many turns are answered. */
export async function ownGrowth(before: OwnVitals, running: () => number = () => 0): Promise<string[]> {
  const isOver = () => running() === 0 && !(openFiles(process.pid) > before.files + SPARE_FILES);
  const end = performance.now() + IDLE_LIMIT_MS;
  while (!isOver() && performance.now() < end) await Bun.sleep(20);
  const after = readOwnVitals();
  const grown = after.heapBytes - before.heapBytes;
  return [
    ...(running() > 0 ? [`${running()} turns that nobody waits for still run`] : []),
    ...(after.files > before.files + SPARE_FILES ? [`${after.files - before.files} descriptors are left`] : []),
    ...(grown > SPARE_HEAP_BYTES ? [`the heap has grown by ${Math.round(grown / 1024 / 1024)} MiB`] : []),
  ];
}
