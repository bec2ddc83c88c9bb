import { readdirSync, readFileSync } from "node:fs";

// What Linux tells of processes in /proc. Everywhere else there is nothing to see: figures are NaN, and lists empty.

const CAN_SEE = process.platform === "linux";
/** Clock ticks a second, in which the kernel counts the time of a process: the same on every machine that Linux supports here. */
const TICKS = 100;

/** Of the process alone, without what it started. */
export function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1];
  return kb === undefined ? Number.NaN : Number(kb) / 1024;
}

/** Processor time that the process has used, its threads included and its children left out. */
export function cpuMs(pid: number): number {
  const ticks = parseStat(read(`/proc/${pid}/stat`))?.cpuTicks;
  return ticks === undefined ? Number.NaN : (ticks * 1000) / TICKS;
}

/** Processes that it started and that are there, with what those started. Ended ones that nobody has reaped yet count, too. */
export function descendants(pid: number): number[] {
  if (!CAN_SEE) return [];
  const parents = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parseStat(read(`/proc/${name}/stat`))?.parent]),
  );
  const childrenOf = (parent: number): number[] =>
    [...parents].filter(([, of]) => of === parent).flatMap(([child]) => [child, ...childrenOf(child)]);
  return childrenOf(pid);
}

/** Only those that it started itself. */
export function children(pid: number): number[] {
  return descendants(pid).filter((child) => parseStat(read(`/proc/${child}/stat`))?.parent === pid);
}

export function openFiles(pid: number): number {
  if (!CAN_SEE) return Number.NaN;
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** The name of a process stands in parentheses, and may itself hold some. */
export function parseStat(stat: string): { parent: number; cpuTicks: number } | undefined {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number);
  if (parent === undefined || user === undefined || system === undefined) return undefined;
  return Number.isNaN(parent + user + system) ? undefined : { parent, cpuTicks: user + system };
}

/** Empty when the process has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Where a server listens: the first address that it writes. Rejects with what it wrote when there is none. */
export async function firstUrl(output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of output) {
    text += decoder.decode(chunk, { stream: true });
    const url = /http:\/\/[\w.:[\]]+/.exec(text)?.[0];
    if (url) return url;
  }
  throw new Error(`the server did not say where it listens: ${text}`);
}
