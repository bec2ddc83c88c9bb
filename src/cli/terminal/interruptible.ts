import { endingSignals } from "./ignored-signals.ts";

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
