import type { Worker } from "./worker.ts";

export type RestingOptions = {
  /** How long each may rest. */
  readonly timeoutMs: number;
  /** This many stay, however long they rest. */
  readonly keep: number;
  /** Called for each that has rested too long; it is no longer among them. */
  readonly onRetire: (worker: Worker) => void;
};

/** Processes between two requests, for a bounded time. */
export class RestingWorkers {
  readonly #options: RestingOptions;
  /** The one that rests longest first. */
  readonly #entries = new Map<Worker, ReturnType<typeof setTimeout> | undefined>();

  constructor(options: RestingOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Those that are alive. One that broke its protocol is on its way out, and may take a moment. */
  get usable(): Worker[] {
    return [...this.#entries.keys()].filter(({ alive }) => alive);
  }

  add(worker: Worker): void {
    this.#entries.set(worker, this.#watch(worker));
  }

  /** Takes one out, to be used or because it is gone. False: it was not among them. */
  remove(worker: Worker): boolean {
    clearTimeout(this.#entries.get(worker));
    return this.#entries.delete(worker);
  }

  /** Takes out the one that rests longest, of those that may be, and has it ended. False: there is none. */
  retireOldest(mayBe: (worker: Worker) => boolean = () => true): boolean {
    const oldest = this.#entries.keys().find(mayBe);
    if (oldest === undefined) return false;
    this.remove(oldest);
    this.#options.onRetire(oldest);
    return true;
  }

  /** Takes all out. */
  clear(): Worker[] {
    const workers = [...this.#entries.keys()];
    for (const worker of workers) this.remove(worker);
    return workers;
  }

  #watch(worker: Worker): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      if (this.size > this.#options.keep) {
        this.remove(worker);
        this.#options.onRetire(worker);
      } else this.#entries.set(worker, this.#watch(worker));
    }, this.#options.timeoutMs);
    timer.unref();
    return timer;
  }
}
