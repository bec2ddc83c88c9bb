import { addAbortListener } from "node:events";
import type { Tool } from "../../core/request.ts";
import type { Guest } from "../pool/pool-state.ts";
import { askerOfCount } from "../queue/lanes.ts";
import { TurnQueue } from "../queue/turn-queue.ts";
import type { CountingProcess } from "./counting-process.ts";

export type Installed = { readonly path: string; readonly version: string };

/** What is used of a {@link CountingProcess}. */
export type Counts = Pick<CountingProcess, "isUsable" | "canCount" | "count" | "close" | "terminate">;

export type CountingProcessesOptions = {
  /** Takes a place among all that runs, for a client; resolves with the function that gives it back. */
  readonly takePlace: (client: string, signal: AbortSignal) => Promise<() => void>;
  readonly start: (installed: Installed, model: string) => Counts;
  /**
   * Keeps room for a process, until the returned function is called. Undefined: there is none, unless others give way, which they
   * do where it must be.
   */
  readonly keepRoom: (guest: Guest, options: { readonly mustBe: boolean }) => (() => void) | undefined;
  readonly idleTimeoutMs?: number;
};

/** What is asked of a process, and for whom. */
export type CountNeed = {
  readonly installed: Installed;
  /** A name of the CLI's. */
  readonly model: string;
  readonly tools: readonly Tool[];
  readonly client: string;
};

type KeptProcess = {
  readonly process: Counts;
  readonly key: string;
  readonly guest: { isResting: boolean };
  readonly giveRoomBack: () => void;
  idleTimer?: ReturnType<typeof setTimeout>;
};

/** Anthropic takes some tenths of a second for a count: it is quicker to wait than to start more processes than these. */
const MOST = 4;
/** Counts for each process, up to which no other is started: a start takes as long as some counts do. */
const WORTH_WAITING = 2;
/** Counts that may wait: a client that counts each of its tools by itself may send hundreds, and takes half of these at most. */
const MOST_WAITING = 1000;
/** Clients count now and then; a process takes a second to start, and 200 MB. */
const IDLE_TIMEOUT_MS = 60_000;

/** The processes that count: started as counts wait for them, kept for the next ones, and ended when they rest or room is needed. */
export class CountingProcesses {
  readonly #options: CountingProcessesOptions;
  readonly #gate = new TurnQueue({ places: MOST, maxWaiting: MOST_WAITING, kept: { fromClient: 0, fromBatch: 0 } });
  readonly #kept = new Set<KeptProcess>();
  readonly #ending = new Set<Promise<void>>();
  /** Counts past the gate that have no process yet. */
  readonly #waiting = new Set<() => void>();

  constructor(options: CountingProcessesOptions) {
    this.#options = options;
  }

  /** Works with a process that nobody else uses meanwhile. It is ended when the signal aborts, or the work leaves it useless. */
  async use<T>(need: CountNeed, signal: AbortSignal, work: (process: Counts) => Promise<T>): Promise<T> {
    // Those that wait take no place from requests.
    const { leave } = await this.#gate.enter(askerOfCount(need.client), signal);
    try {
      return await this.#useNow(need, signal, work);
    } finally {
      leave();
      const [next] = this.#waiting;
      if (next) this.#waiting.delete(next);
      next?.();
    }
  }

  /** Ends those that rest: the next count gets a new one. */
  reset(): void {
    for (const kept of this.#kept) if (kept.guest.isResting) this.#end(kept);
  }

  /** To be called when nothing is counted any more. Resolves when all are gone. */
  async close(): Promise<void> {
    this.reset();
    await Promise.all(this.#ending);
  }

  async #useNow<T>(need: CountNeed, signal: AbortSignal, work: (process: Counts) => Promise<T>): Promise<T> {
    for (;;) {
      const leavePlace = await this.#options.takePlace(need.client, signal);
      try {
        const kept = this.#restingFor(need) ?? this.#start(need);
        if (kept) return await this.#workWith(kept, signal, work);
      } finally {
        leavePlace();
      }
      await this.#waitForAnother(signal);
    }
  }

  async #workWith<T>(kept: KeptProcess, signal: AbortSignal, work: (process: Counts) => Promise<T>): Promise<T> {
    using _abandoning = addAbortListener(signal, () => void kept.process.terminate());
    try {
      signal.throwIfAborted();
      return await work(kept.process);
    } finally {
      if (signal.aborted || !kept.process.isUsable) this.#end(kept);
      else {
        kept.guest.isResting = true;
        kept.idleTimer = setTimeout(() => this.#end(kept), this.#options.idleTimeoutMs ?? IDLE_TIMEOUT_MS).unref();
      }
    }
  }

  #restingFor(need: CountNeed): KeptProcess | undefined {
    const key = keyOf(need);
    const isFor = (kept: KeptProcess) => kept.guest.isResting && kept.key === key && kept.process.canCount(need.tools);
    const kept = [...this.#kept].find(isFor);
    if (kept === undefined) return undefined;
    clearTimeout(kept.idleTimer);
    kept.guest.isResting = false;
    return kept;
  }

  /** Undefined: there is no room, or it is not worth it, and one of the others will be free. */
  #start(need: CountNeed): KeptProcess | undefined {
    if (this.#isSoonFree) return undefined;
    if (this.#kept.size >= MOST && !this.#endResting()) return undefined;
    const guest = { isResting: false, retire: () => {} };
    const giveRoomBack =
      this.#options.keepRoom(guest, { mustBe: this.#kept.size === 0 }) ??
      (this.#endResting() ? this.#options.keepRoom(guest, { mustBe: true }) : undefined);
    if (giveRoomBack === undefined) return undefined;
    try {
      const process = this.#options.start(need.installed, need.model);
      const kept: KeptProcess = { process, key: keyOf(need), guest, giveRoomBack };
      guest.retire = () => this.#end(kept);
      this.#kept.add(kept);
      return kept;
    } catch (error) {
      giveRoomBack();
      throw error;
    }
  }

  /** Whether one of those at work is sooner free than another is up. */
  get #isSoonFree(): boolean {
    const wanted = this.#gate.running + this.#gate.waiting;
    return wanted <= this.#kept.size * WORTH_WAITING && [...this.#kept].some(({ guest }) => !guest.isResting);
  }

  /** Ends one that rests, since it cannot do what is needed. False: none rests. */
  #endResting(): boolean {
    const resting = [...this.#kept].find(({ guest }) => guest.isResting);
    if (resting) this.#end(resting);
    return resting !== undefined;
  }

  #end(kept: KeptProcess): void {
    if (!this.#kept.delete(kept)) return;
    clearTimeout(kept.idleTimer);
    kept.giveRoomBack();
    const ended = kept.guest.isResting ? kept.process.close() : kept.process.terminate();
    this.#ending.add(ended);
    void ended.finally(() => this.#ending.delete(ended));
  }

  async #waitForAnother(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    using _leaving = addAbortListener(signal, () => {
      this.#waiting.delete(resolve);
      reject(signal.reason);
    });
    await promise;
  }
}

function keyOf({ installed: { path, version }, model }: CountNeed): string {
  return JSON.stringify([path, version, model]);
}
