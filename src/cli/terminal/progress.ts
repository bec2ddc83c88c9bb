import type { Terminal } from "./terminal.ts";

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
