import { workersOf } from "../bench/binary.ts";
import { children, openFiles, residentMb } from "../processes.ts";

/** What a server holds when it has nothing to do. */
export type Vitals = { readonly processes: number; readonly files: number; readonly residentMb: number };

/** What may be more than before: connections that clients keep open, and memory that is reused, but not given back. */
export const TOLERANCE: Vitals = { processes: 0, files: 12, residentMb: 30 };

const IDLE_LIMIT_MS = 60_000;
const CALM_MS = 2_000;

/** Waits until the server has had nothing to do for a while. False: it did not come to that. */
export async function waitForIdle(url: string): Promise<boolean> {
  const end = performance.now() + IDLE_LIMIT_MS;
  let calmSince = performance.now();
  while (performance.now() < end) {
    const { starting, busy, parked } = await workersOf(url);
    if (starting + busy + parked > 0) calmSince = performance.now();
    else if (performance.now() - calmSince > CALM_MS) return true;
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
