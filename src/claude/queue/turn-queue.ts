import { addAbortListener } from "node:events";
import type { RunOptions } from "../../core/backend.ts";
import { ApiError } from "../../core/error.ts";
import { type Asker, type LaneLimits, Lanes, type Started } from "./lanes.ts";

/** The right to run a turn. */
export type Place = {
  /** Gives it back; to be called when the turn is over, once or more often. */
  readonly leave: () => void;
  /** Of a batch: how many processes it leaves ready for others. */
  readonly leaves: number | undefined;
};

type Waiting = Asker & { readonly enter: (started: Started<Waiting>) => void };

/** So many processes a batch leaves ready; its first request may be all that comes, and so takes one. */
const LEFT_READY = 1;

/** What a turn usually takes, until one has been measured. */
const UNMEASURED_MS = 5_000;
/** How much one more measurement counts against those before it. */
const WEIGHT = 1 / 8;
/** Official SDKs keep to what they are told of up to a minute, and guess otherwise. */
const LONGEST_RETRY_S = 60;

/** Lets a number of turns run at once; further ones wait in their client's lane, and beyond what that may hold are turned away. */
export class TurnQueue {
  readonly #lanes: Lanes<Waiting>;
  readonly #now: () => number;
  /** Those who had a place before. */
  readonly #again: Waiting[] = [];
  #usualMs: number | undefined;

  /** `now`: milliseconds of a clock that only goes forward. */
  constructor({ now = () => performance.now(), ...limits }: LaneLimits & { readonly now?: () => number }) {
    this.#lanes = new Lanes(limits);
    this.#now = now;
  }

  get running(): number {
    return this.#lanes.running;
  }

  get waiting(): number {
    return this.#lanes.waiting + this.#again.length;
  }

  /**
   * Waits for a place. Rejects when the signal aborts first, and with `queue_full` where there is no room to wait. `onAdmitted`: called as soon
   * as it is sure that whoever asks will not be turned away. `isAgain`: who asks had a place before, for the same answer, and so is next.
   */
  async enter(
    asker: Asker,
    signal: AbortSignal,
    { onAdmitted, isAgain = false }: Pick<RunOptions, "onAdmitted"> & { readonly isAgain?: boolean } = {},
  ): Promise<Place> {
    signal.throwIfAborted();
    if (!isAgain) this.requireRoom(asker, 1);
    onAdmitted?.();
    const { promise, resolve, reject } = Promise.withResolvers<Started<Waiting>>();
    const waiting = { ...asker, enter: resolve };
    using _leaving = addAbortListener(signal, () => {
      this.#leave(waiting);
      reject(signal.reason);
    });
    if (isAgain) this.#again.push(waiting);
    else this.#lanes.add(waiting);
    this.#startNext();
    return this.#placeOf(await promise);
  }

  /** Throws where not all of so many would be admitted. */
  requireRoom(asker: Asker, count: number): void {
    if (this.#lanes.hasRoom(asker, count)) return;
    const own = this.#lanes.of(asker.client).waiting;
    const seconds = this.#secondsUntilRoom(asker);
    const state = `${this.running} requests are running and ${this.waiting} are waiting, ${own} of these from this client`;
    throw new ApiError("queue_full", `${state}. Try again in ${seconds} seconds.`, { retryAfterSeconds: seconds });
  }

  /** Until what waits before it has had its turn: sooner, there is room for a few of those who are told so. */
  #secondsUntilRoom({ client }: Asker): number {
    const own = this.#lanes.of(client);
    const { running, waiting } = own.waiting > 0 && own.running > 0 ? own : this;
    const turns = waiting / Math.max(1, running);
    const usualMs = this.#usualMs ?? UNMEASURED_MS;
    return Math.min(LONGEST_RETRY_S, Math.max(1, Math.ceil((turns * usualMs) / 1000)));
  }

  #placeOf({ asker, beside }: Started<Waiting>): Place {
    const startedAt = this.#now();
    let isLeft = false;
    const leave = () => {
      if (isLeft) return;
      isLeft = true;
      const ms = this.#now() - startedAt;
      this.#usualMs = this.#usualMs === undefined ? ms : this.#usualMs + (ms - this.#usualMs) * WEIGHT;
      this.#lanes.end(asker);
      this.#startNext();
    };
    return { leave, leaves: asker.isBatch ? Math.min(beside, LEFT_READY) : undefined };
  }

  #startNext(): void {
    for (let [again] = this.#again; again; [again] = this.#again) {
      const started = this.#lanes.startNow(again);
      if (started === undefined) return;
      this.#again.shift();
      again.enter(started);
    }
    for (let started = this.#lanes.next(); started; started = this.#lanes.next()) started.asker.enter(started);
  }

  #leave(waiting: Waiting): void {
    const at = this.#again.indexOf(waiting);
    if (at === -1) this.#lanes.leave(waiting);
    else this.#again.splice(at, 1);
    // What one leaves another may take: how much each may have depends on all.
    this.#startNext();
  }
}
