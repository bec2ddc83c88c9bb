import { unlessAborted } from "../terminal/interruptible.ts";
import type { Terminal } from "../terminal/terminal.ts";

const EVERY_MS = 2_000;
/** To the upper left, and all that stands there gone. */
const CLEAR = "\u001b[H\u001b[2J";

export type ShowAgain = {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly isWatching: boolean;
};

/** Writes a text once, or anew until the signal aborts or nobody reads any more. */
export async function showAgain(
  show: () => Promise<string>,
  { terminal, signal, isWatching }: ShowAgain,
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
