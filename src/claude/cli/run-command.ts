import type { OrphanGuard } from "../process/orphan-guard.ts";
import { OWN_GROUP, signalGroup, within, withReservedDescriptors } from "../process/spawn.ts";

export type CommandOptions = {
  readonly env: Record<string, string>;
  readonly cwd: string;
  readonly timeoutMs: number;
  /** How long it may take to leave once it was asked to. */
  readonly termGraceMs?: number;
  /** Ends the command, and makes {@link runCommand} throw the signal's reason, once nothing of it runs any more. */
  readonly signal?: AbortSignal;
  /** Asks it to end should we be gone before. */
  readonly guard?: OrphanGuard | undefined;
};

export type CommandResult = {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  /** It did not end in time, and was ended. */
  readonly timedOut: boolean;
};

/** How long after a command's exit its last output is waited for: something it has started may hold the pipes open for ever. */
const READ_GRACE_MS = 500;
/** A command that renews the login holds a lock, and left behind it would keep every other program from doing so. */
const TERM_GRACE_MS = 3_000;
/** Nothing that is asked of the CLI here has a longer answer. */
const MOST_OUTPUT_BYTES = 1024 * 1024;

/** Runs a command to its end, in bounded time whatever it does. Nothing that it started is left. Throws when it cannot start. */
export async function runCommand(
  command: readonly string[],
  { env, cwd, timeoutMs, termGraceMs = TERM_GRACE_MS, signal, guard }: CommandOptions,
): Promise<CommandResult> {
  signal?.throwIfAborted();
  const pipes = { stdin: "ignore", stdout: "pipe", stderr: "pipe" } as const;
  const child = withReservedDescriptors(() => Bun.spawn([...command], { env, cwd, ...pipes, ...OWN_GROUP }));
  const unwatch = guard?.watch(child, "ask");
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const timedOut = !(await within(child.exited, timeoutMs, signal));
  if (timedOut) {
    signalGroup(child, "SIGTERM");
    if (!(await within(child.exited, termGraceMs))) signalGroup(child, "SIGKILL");
    await child.exited;
  }
  const read = Promise.all([stdout.read, stderr.read]);
  if (!(await within(read, READ_GRACE_MS, signal))) {
    signalGroup(child, "SIGKILL");
    // The pipes close as their last holder goes; only one that has left the group can hold them longer.
    await within(read, READ_GRACE_MS);
  }
  await Promise.all([stdout.cancel(), stderr.cancel()]);
  // Whatever has closed the pipes, and still runs.
  signalGroup(child, "SIGKILL");
  unwatch?.();
  signal?.throwIfAborted();
  return { stdout: stdout.text(), stderr: stderr.text(), exitCode: child.exitCode, timedOut };
}

/** Reads a pipe: what it has given so far, the beginning when it is too much, can be had at any time. */
function collect(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  const readAll = async () => {
    let size = 0;
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.length;
      if (size <= MOST_OUTPUT_BYTES) chunks.push(next.value);
    }
  };
  return {
    /** Settles when there will be no more. */
    read: readAll().catch(() => {}),
    text: () => Buffer.concat(chunks).toString(),
    cancel: () => reader.cancel().catch(() => {}),
  };
}
