import { addAbortListener } from "node:events";

type Work<T> = { readonly result: Promise<T>; readonly ending: AbortController; wanted: number };

/** What several want at the same time is done once, and is given up when the last of them has left. */
export class SharedWork<T> {
  readonly #running = new Map<string, Work<T>>();
  /** What was given up may take a while to end. */
  readonly #unsettled = new Set<Promise<T>>();

  /** Rejects with the signal's reason for who leaves, whatever becomes of the work. */
  async join(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const work = this.#running.get(key) ?? this.#start(key, start);
    work.wanted++;
    const left = Promise.withResolvers<never>();
    const leave = () => {
      left.reject(signal.reason);
      // Whoever asks from now on must not get what is being given up.
      if (--work.wanted === 0) this.#forget(key, work);
      if (work.wanted === 0) work.ending.abort(signal.reason);
    };
    using _leaving = addAbortListener(signal, leave);
    return await Promise.race([work.result, left.promise]);
  }

  /** Resolves when all that was begun has ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#unsettled);
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<T>): Work<T> {
    const ending = new AbortController();
    const work: Work<T> = { result: start(ending.signal), ending, wanted: 0 };
    this.#running.set(key, work);
    this.#unsettled.add(work.result);
    const over = () => {
      this.#unsettled.delete(work.result);
      this.#forget(key, work);
    };
    work.result.then(over, over);
    return work;
  }

  #forget(key: string, work: Work<T>): void {
    if (this.#running.get(key) === work) this.#running.delete(key);
  }
}
