import { endingSignals } from "../terminal/signals.ts";

/** Without a handler each of these would end us at once, and in the middle of everything. */
const MEANINGLESS = ["SIGUSR1", "SIGUSR2"] as const;

/**
 * Ctrl-C in a terminal signals every process there, and npm or a script that runs us passes the signal on as well. Only after this
 * time the same signal is one that somebody sent once more.
 */
const ECHO_MS = 500;

/** What the signals ask for: to stop, at the first, and at the second not to wait any longer. */
export function awaitStop(now = () => performance.now()) {
  const stop = Promise.withResolvers<void>();
  const hurry = Promise.withResolvers<void>();
  let first: { readonly signal: string; readonly at: number } | undefined;
  const receive = (signal: string): void => {
    const at = now();
    if (first === undefined) {
      first = { signal, at };
      stop.resolve();
    } else if (signal !== first.signal || at - first.at >= ECHO_MS) hurry.resolve();
  };
  /** Listens to this process's signals; returns what ends it. `onMeaningless` hears of those that ask for nothing. */
  const listen = (onMeaningless: (signal: string) => void = () => {}) => {
    const heard = [
      ...[...endingSignals(), "SIGQUIT" as const].map((signal) => [signal, receive] as const),
      ...MEANINGLESS.map((signal) => [signal, onMeaningless] as const),
    ];
    for (const [signal, handler] of heard) process.on(signal, handler);
    return () => {
      for (const [signal, handler] of heard) process.off(signal, handler);
    };
  };
  return { stop: stop.promise, hurry: hurry.promise, receive, listen };
}
