import { endingSignals } from "../terminal/signals.ts";

/** Without a handler each of these would end us at once, and in the middle of everything. */
const MEANINGLESS = ["SIGUSR1", "SIGUSR2"] as const;

/**
 * Ctrl-C in a terminal signals every process there, and npm or a script that runs us passes the signal on as well. Only after this
 * time the same signal is one that somebody sent once more.
 */
const ECHO_MS = 500;

/** What the signals ask for: to stop, and then not to wait any longer. */
export class StopRequest {
  readonly #now: () => number;
  readonly #stop = Promise.withResolvers<void>();
  readonly #hurry = Promise.withResolvers<void>();
  #first: { readonly signal: string; readonly at: number } | undefined;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Resolves at the first signal. */
  get stop(): Promise<void> {
    return this.#stop.promise;
  }

  /** Resolves at the second. */
  get hurry(): Promise<void> {
    return this.#hurry.promise;
  }

  readonly receive = (signal: string): void => {
    const at = this.#now();
    if (this.#first === undefined) {
      this.#first = { signal, at };
      this.#stop.resolve();
    } else if (signal !== this.#first.signal || at - this.#first.at >= ECHO_MS) this.#hurry.resolve();
  };

  /** Listens to this process's signals; returns what ends it. `onMeaningless` hears of those that ask for nothing. */
  listen(onMeaningless: (signal: string) => void = () => {}): () => void {
    const heard = [
      ...[...endingSignals(), "SIGQUIT" as const].map((signal) => [signal, this.receive] as const),
      ...MEANINGLESS.map((signal) => [signal, onMeaningless] as const),
    ];
    for (const [signal, handler] of heard) process.on(signal, handler);
    return () => {
      for (const [signal, handler] of heard) process.off(signal, handler);
    };
  }
}
