import { dlopen, ptr } from "bun:ffi";
import { readFileSync } from "node:fs";
import { constants } from "node:os";

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof EXIT_CODES;

/**
 * Does work that Ctrl-C, or a signal to end, gives up: the work's signal aborts, what it throws then is nobody's business, and the
 * exit code is the one that shells give a program which was ended so.
 */
export async function interruptible(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  const received: Signal[] = [];
  const onSignal = (signal: Signal) => () => {
    received.push(signal);
    stop.abort();
  };
  const handlers = endingSignals().map((signal) => [signal, onSignal(signal)] as const);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  try {
    const code = await work(stop.signal);
    return received[0] === undefined ? code : EXIT_CODES[received[0]];
  } catch (error) {
    if (received[0] !== undefined) return EXIT_CODES[received[0]];
    throw error;
  } finally {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  }
}

/** What a promise gives, unless the signal aborts before: then it throws the signal's reason. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** POSIX's SIG_IGN. */
const IGNORED = 1n;

/**
 * The signals that ask a program to end, without SIGHUP where who started us has that ignored, as `nohup` does: a handler would undo it, and the
 * program would end with the terminal after all. What the shell ignores of others for a program in the background is not meant so.
 */
export function endingSignals(): readonly Signal[] {
  return isIgnored("SIGHUP") ? ["SIGINT", "SIGTERM"] : ["SIGINT", "SIGTERM", "SIGHUP"];
}

/** Whether we were started with the signal ignored; false where nothing tells. */
function isIgnored(signal: Signal): boolean {
  try {
    if (process.platform === "linux") return isIgnoredIn(readFileSync("/proc/self/status", "utf8"), signal);
    return process.platform === "darwin" && handlerOf(signal, "libSystem.B.dylib") === IGNORED;
  } catch {
    return false;
  }
}

/** `status` as Linux's /proc/PID/status: a mask of the ignored signals in hexadecimal, the first signal in its lowest bit. */
function isIgnoredIn(status: string, signal: Signal): boolean {
  const mask = BigInt(`0x${/^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  return ((mask >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}

/** What the C library says handles the signal: the first field of `struct sigaction`, on every system that we know. */
export function handlerOf(signal: Signal, library: string): bigint | undefined {
  const { symbols, close } = dlopen(library, { sigaction: { args: ["i32", "ptr", "ptr"], returns: "i32" } });
  try {
    // More than any system's structure takes.
    const action = new BigUint64Array(64);
    return symbols.sigaction(constants.signals[signal], null, ptr(action)) === 0 ? action[0] : undefined;
  } finally {
    close();
  }
}
