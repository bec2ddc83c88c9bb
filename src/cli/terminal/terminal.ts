import type { Environment } from "../../config/sources.ts";
import { unlessAborted } from "./signals.ts";
import { createStyle } from "./text.ts";

/** Where a command reads and writes: the process's own streams, or a test's. */
export type Terminal = Readonly<ReturnType<typeof processTerminal>>;

/** Standard output could not be written, and not because its reader had enough. */
export class OutputError extends Error {
  constructor(cause: Error) {
    super(`standard output cannot be written: ${cause.message}.`, { cause });
    this.name = "OutputError";
  }
}

/** The terminal, or whatever else the process's streams lead to. */
export function processTerminal(env: Environment) {
  const abandoned = new AbortController();
  process.stdout.on("error", (error) => {
    const isEnough = "code" in error && error.code === "EPIPE";
    abandoned.abort(isEnough ? undefined : new OutputError(error));
  });
  // Nobody may be reading any more: a pipe that closed, a terminal that is gone. The server goes on.
  process.stderr.on("error", () => {});
  const [isTerminal, errorIsTerminal] = [process.stdout.isTTY === true, process.stderr.isTTY === true];
  return {
    write: (text: string): void => void process.stdout.write(text),
    writeError: (text: string): void => void process.stderr.write(text),
    /** Whether a person sees what standard output gets, and standard error. */
    isTerminal,
    errorIsTerminal,
    /**
     * Aborts when standard output takes nothing any more: nobody reads it, as after `| head`, or, with an {@link OutputError} as the reason, it
     * cannot be written, as on a full disk.
     */
    abandoned: abandoned.signal,
    /** Colours for standard output, and standard error; they do nothing where that is no terminal. */
    style: createStyle(usesColours(env, isTerminal)),
    errorStyle: createStyle(usesColours(env, errorIsTerminal)),
    input: {
      isTerminal: process.stdin.isTTY === true,
      /** All of standard input, as UTF-8. */
      read: () => Bun.stdin.text(),
      readLine,
    },
  };
}

/** What is typed until the line ends; empty where the input ends first. */
async function readLine(): Promise<string> {
  for await (const line of console) return line;
  return "";
}

/**
 * Resolves when all that was written to standard output has gone: the process's end would cut what a slow reader has not taken. A failure
 * to write is told by then, too: its event comes after the end's callback.
 */
export async function outputTaken({ abandoned }: Pick<Terminal, "abandoned">): Promise<void> {
  // After an error the end's callback never comes.
  if (abandoned.aborted) return;
  await new Promise<void>((resolve) => process.stdout.end(() => resolve()));
  await new Promise<void>((resolve) => setImmediate(resolve));
}

/** https://no-color.org, and FORCE_COLOR as Node.js has it. */
export function usesColours({ NO_COLOR, FORCE_COLOR, TERM }: Environment, isTerminal: boolean): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isTerminal && TERM !== "dumb";
}

/** Who waits for less does not wonder. */
const AFTER_MS = 1_000;
const TO_LINE_START_AND_CLEAR = "\r\u001b[K";

/**
 * Says what is being waited for once that takes a while, on standard error, where a person sees it; what it returns takes that back, and may be
 * called again.
 */
export function showProgress(
  { errorIsTerminal, writeError, errorStyle }: Pick<Terminal, "errorIsTerminal" | "writeError" | "errorStyle">,
  what: string,
  afterMs = AFTER_MS,
): () => void {
  if (!errorIsTerminal) return () => {};
  let isShown = false;
  const timer = setTimeout(() => {
    isShown = true;
    writeError(errorStyle.dim(`${what} …`));
  }, afterMs);
  timer.unref();
  return () => {
    clearTimeout(timer);
    if (isShown) writeError(TO_LINE_START_AND_CLEAR);
    isShown = false;
  };
}

const EVERY_MS = 2_000;
/** To the upper left, and all that stands there gone. */
const CLEAR = "\u001b[H\u001b[2J";

/** Writes a text once, or anew until the signal aborts or nobody reads any more. */
export async function showAgain(
  show: () => Promise<string>,
  { terminal, signal, isWatching }: { terminal: Terminal; signal: AbortSignal; isWatching: boolean },
): Promise<number> {
  const ended = AbortSignal.any([signal, terminal.abandoned]);
  for (;;) {
    const text = await show();
    terminal.write(isWatching && terminal.isTerminal ? CLEAR + text : text);
    if (!isWatching || ended.aborted) return 0;
    if (!terminal.isTerminal) terminal.write("\n");
    await unlessAborted(Bun.sleep(EVERY_MS), ended).catch(() => {});
    if (ended.aborted) return 0;
  }
}
