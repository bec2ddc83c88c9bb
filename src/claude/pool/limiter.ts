import { ApiError } from "../../core/error.ts";

export type AcquireOptions = {
  /** Called as soon as it is sure that whoever asks will not be turned away. */
  readonly onAdmitted?: () => void;
  /** Whoever asks had a place before, for the same answer: then it is next in line, and never turned away. Default false. */
  readonly isAgain?: boolean;
};

/** Lets a number of turns run at once; further ones wait in line, and beyond the line's length are turned away. */
export class Limiter {
  readonly #max: number;
  readonly #maxQueued: number;
  #running = 0;
  readonly #queue: (() => void)[] = [];

  constructor(max: number, maxQueued: number) {
    this.#max = max;
    this.#maxQueued = maxQueued;
  }

  get running(): number {
    return this.#running;
  }
  get queued(): number {
    return this.#queue.length;
  }

  /** Waits for a place. Resolves with the function that gives it back; rejects when the signal aborts first. */
  async acquire(signal: AbortSignal, { onAdmitted, isAgain = false }: AcquireOptions = {}): Promise<() => void> {
    signal.throwIfAborted();
    const isFree = this.#running < this.#max;
    if (!isFree && !isAgain) this.requireRoom(1);
    onAdmitted?.();
    if (isFree) this.#running++;
    else await this.#wait(signal, isAgain);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.#queue.shift();
      if (next) next();
      else this.#running--;
    };
  }

  /** Throws where not all of so many would be admitted. */
  requireRoom(count: number): void {
    const room = this.#max - this.#running + this.#maxQueued - this.#queue.length;
    if (count <= room) return;
    const message = `${this.#running} requests are running and ${this.#queue.length} are waiting. Try again in a moment.`;
    throw new ApiError("queue_full", message, { retryAfterSeconds: 5 });
  }

  #wait(signal: AbortSignal, isNext: boolean): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(enter), 1);
        reject(signal.reason);
      };
      if (isNext) this.#queue.unshift(enter);
      else this.#queue.push(enter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
}
