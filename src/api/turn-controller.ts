/** Ends the turns of a request: by itself when the client leaves. */
export function turnController({ signal }: Request): AbortController {
  const turn = new AbortController();
  signal.addEventListener("abort", () => turn.abort(), { once: true });
  // A listener added too late is never called.
  if (signal.aborted) turn.abort();
  return turn;
}
