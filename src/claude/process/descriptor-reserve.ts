import { closeSync, openSync } from "node:fs";

/** Two starts: each takes seven, the ends of three pipes and one for the process, and keeps four of these as long as it runs. */
const SIZE = 12;
const held: number[] = [];

/**
 * Starts a program with descriptors that were kept for it: where connections have taken all others, it would fail. Reserved from the first
 * start on, and again after each, as far as there are some. Windows has no such limit.
 */
export function withReserve<T>(start: () => T): T {
  if (process.platform === "win32") return start();
  for (const descriptor of held.splice(0)) closeSync(descriptor);
  try {
    return start();
  } finally {
    reserve();
  }
}

function reserve(): void {
  try {
    while (held.length < SIZE) held.push(openSync("/dev/null", "r"));
  } catch {
    // There are no more: what is held must do.
  }
}
