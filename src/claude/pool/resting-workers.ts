import type { ParkedView } from "./policy.ts";
import type { Worker } from "./worker.ts";

export type RestingWorker = ParkedView & { readonly worker: Worker };

export type RestingOptions = {
  /** How many may rest; one more ends the one that rests longest. */
  readonly max: number;
  /** How long each may rest. */
  readonly timeoutMs: number;
  /** Called for each that has rested too long; it is no longer among them. */
  readonly onRetire: (worker: Worker) => void;
};

/** Processes between two requests, for a bounded time and in a bounded number. */
export class RestingWorkers {
  readonly #options: RestingOptions;
  /** The one that rests longest first. */
  readonly #entries = new Map<RestingWorker, ReturnType<typeof setTimeout>>();

  constructor(options: RestingOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Those whose process is alive. */
  get usable(): RestingWorker[] {
    return [...this.#entries.keys()].filter(({ worker }) => worker.alive);
  }

  add(worker: Worker): void {
    const { profile, settings, model, transcript, openCalls } = worker;
    if (profile === undefined || settings === undefined) throw new Error("only a process that was asked can rest");
    const entry = { worker, profile, settings, model, transcript: [...transcript], openCalls: new Set(openCalls) };
    const timer = setTimeout(() => this.#retire(entry), this.#options.timeoutMs);
    timer.unref();
    this.#entries.set(entry, timer);
    const [oldest] = this.#entries.keys();
    if (this.size > this.#options.max && oldest) this.#retire(oldest);
  }

  /** Takes one out, to be used or because it is gone. False: it was not among them. */
  remove(worker: Worker): boolean {
    for (const [entry, timer] of this.#entries) {
      if (entry.worker !== worker) continue;
      clearTimeout(timer);
      return this.#entries.delete(entry);
    }
    return false;
  }

  /** Takes all out. */
  clear(): Worker[] {
    const workers = [...this.#entries.keys()].map(({ worker }) => worker);
    for (const worker of workers) this.remove(worker);
    return workers;
  }

  #retire({ worker }: RestingWorker): void {
    if (this.remove(worker)) this.#options.onRetire(worker);
  }
}
