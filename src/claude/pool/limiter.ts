import { ApiError } from "../../core/error.ts";

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

  /**
   * Waits for a place. Resolves with the function that gives it back; rejects when the signal aborts first. `onAdmitted` is called
   * as soon as it is sure that it will not be turned away.
   */
  async acquire(signal: AbortSignal, onAdmitted: () => void = () => {}): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#running < this.#max) {
      this.#running++;
      onAdmitted();
    } else await this.#wait(signal, onAdmitted);
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

  #wait(signal: AbortSignal, onAdmitted: () => void): Promise<void> {
    this.requireRoom(1);
    onAdmitted();
    return new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(enter), 1);
        reject(signal.reason);
      };
      this.#queue.push(enter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
}
