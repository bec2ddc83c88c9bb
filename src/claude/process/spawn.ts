import { addAbortListener } from "node:events";
import { closeSync, openSync } from "node:fs";
import { attempt } from "../../core/attempt.ts";

/** Two starts: each takes seven, the ends of three pipes and one for the process, and keeps four of these as long as it runs. */
const SIZE = 12;
const held: number[] = [];

/**
 * Starts a program with descriptors that were kept for it: where connections have taken all others, it would fail. Reserved from the first
 * start on, and again after each, as far as there are some. Windows has no such limit.
 */
export function withReservedDescriptors<T>(start: () => T): T {
  if (process.platform === "win32") return start();
  for (const descriptor of held.splice(0)) closeSync(descriptor);
  try {
    return start();
  } finally {
    attempt(() => {
      while (held.length < SIZE) held.push(openSync("/dev/null", "r"));
    });
  }
}

/**
 * Each child gets a process group of its own, where there are such: `claude` may be a script that runs the real one, and whoever
 * ends the script must end what it runs, too. It also keeps the terminal's Ctrl-C for us alone: turns that run may end.
 */
export const OWN_GROUP = { detached: process.platform !== "win32" } as const;

/** Signals a child that was started with {@link OWN_GROUP}, and whatever it has started, also after it is gone itself. */
export function signalGroup(child: Bun.Subprocess, signal: NodeJS.Signals): void {
  if (!OWN_GROUP.detached) {
    child.kill(signal);
    return;
  }
  // Perhaps nobody of the group is left.
  attempt(() => process.kill(-child.pid, signal));
}

/** Whether a promise settles in time, and before the signal aborts. */
export async function within(done: Promise<unknown>, ms: number, signal?: AbortSignal): Promise<boolean> {
  const { promise: over, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, ms, false);
  using _givingUp = signal && addAbortListener(signal, () => resolve(false));
  try {
    return await Promise.race([done.then(() => true), over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a process of this number runs, be it another user's. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
