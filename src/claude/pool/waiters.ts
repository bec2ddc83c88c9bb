import type { Demand } from "./policy.ts";

type Waiter<L> = {
  readonly demand: Demand;
  readonly resolve: (lease: L) => void;
  readonly reject: (error: unknown) => void;
};

/** Requests for which no process is ready, in the order in which they get one: those of a batch come last. */
export class Waiters<L> {
  readonly #waiters: Waiter<L>[] = [];

  get size(): number {
    return this.#waiters.length;
  }

  /** Whether there is nobody but batches. */
  get areOfBatch(): boolean {
    const [first] = this.#waiters;
    return first !== undefined && isOfBatch(first.demand);
  }

  /** Waits until one is handed over; rejects with the signal's reason when that comes first. */
  add(demand: Demand, signal: AbortSignal | undefined): Promise<L> {
    return new Promise<L>((resolve, reject) => {
      const waiter = { demand, resolve, reject };
      const isNext = (other: Waiter<L>) => isOfBatch(other.demand) && !isOfBatch(demand);
      const at = this.#waiters.findIndex(isNext);
      this.#waiters.splice(at === -1 ? this.#waiters.length : at, 0, waiter);
      const leave = () => {
        const index = this.#waiters.indexOf(waiter);
        if (index !== -1) this.#waiters.splice(index, 1);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", leave, { once: true });
    });
  }

  /** Hands over what is found for the first for whom there is something. False: there is nothing for any. */
  serve(find: (demand: Demand) => L | undefined): boolean {
    for (const [index, { demand, resolve }] of this.#waiters.entries()) {
      const lease = find(demand);
      if (lease === undefined) continue;
      this.#waiters.splice(index, 1);
      resolve(lease);
      return true;
    }
    return false;
  }

  rejectFirst(error: unknown): void {
    this.#waiters.shift()?.reject(error);
  }

  rejectAll(error: unknown): void {
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }
}

/** The first of a batch is like any other question. */
function isOfBatch({ leaves = 0 }: Demand): boolean {
  return leaves > 0;
}
