import { ApiError } from "../../core/error.ts";
import type { Restored } from "../session/restorer.ts";
import { Endings } from "./endings.ts";
import { type Guest, Guests } from "./guests.ts";
import { type Choice, chooseProcess, type Demand, keepingAll } from "./policy.ts";
import { Rest, type RestOptions } from "./rest.ts";
import type { OwnIds } from "./transcript.ts";
import type { Worker } from "./worker.ts";
import { type Starter, WorkerStarts } from "./worker-starts.ts";

export type PoolOptions = Starter &
  RestOptions & {
    /** All processes together, those that serve a request included. */
    readonly maxWorkers: number;
    /** Processes that start at the same moment: more than there are processors would only make each of them late. */
    readonly maxStarting: number;
    /** How long after a process did not boot, or died unused, the pool fills up again by itself. */
    readonly retryMs: number;
    /** Writes a request's history down for a process to be started from; undefined when that cannot be done. */
    readonly restore: (demand: Demand) => Promise<Restored | undefined>;
    /** Whether the machine has the memory for one more process than is needed at the moment. */
    readonly hasRoom: () => boolean;
  };

/** `resume`: the process waits for the tool results that the request brings. `keep`: how many of its turns the process keeps. */
export type Lease = {
  readonly worker: Worker;
  readonly keep: number;
  readonly resume: boolean;
  readonly ownIds: OwnIds;
};

type Waiter = {
  readonly demand: Demand;
  readonly resolve: (lease: Lease) => void;
  readonly reject: (error: unknown) => void;
};

/** New processes take CPU time from requests that wait for their first token; so long they are put off, at the most. */
const REFILL_DELAY_MS = 1_000;

/** All `claude` processes: those starting, those ready for any request, those resting after a turn, and those parked in one. */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #starts: WorkerStarts;
  readonly #leased = new Set<Worker>();
  /** Those of them whose request has had no word of the model yet. */
  readonly #asking = new Set<Worker>();
  /** Closing waits for them. */
  readonly #ending = new Endings();
  readonly #rest: Rest;
  readonly #waiters: Waiter[] = [];
  readonly #guests = new Guests();
  /** What was asked last: the next request will probably ask for the same. */
  #latest: Demand | undefined;
  #closed = false;
  #refillTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#rest = new Rest(options, (ended) => this.#ending.add(ended));
    this.#starts = new WorkerStarts(options, {
      likely: () => this.#latest,
      isWanted: () => this.#waiters.length > 0,
      onReady: (worker) => this.#takeIn(worker),
      onFailed: (problem) => {
        // Each start is for one of those who wait; where others are left, they may still be lucky.
        if (this.#starts.forAnyone < this.#waiters.length) this.#waiters.shift()?.reject(problem);
        this.#startForWaiters();
        this.#refillAfter(options.retryMs);
      },
      onUnprepared: () => {
        // Whoever counted on it gets another, which is handed over as soon as it is up.
        this.#startForWaiters();
        this.#refillAfter(options.retryMs);
      },
      onEnd: (ended) => this.#ending.add(ended),
      onExit: (worker) => this.#forget(worker),
    });
  }

  get counts() {
    const busy = this.#leased.size + this.#guests.busy;
    return { starting: this.#starts.size, ready: this.#rest.ready, busy, parked: this.#rest.parked };
  }

  /** Why the latest boot failed, as long as none has succeeded since. */
  get problem(): ApiError | undefined {
    return this.#starts.problem;
  }

  /** A process for the request, and how many of its turns to keep. `fresh` asks for one that is started for it; `signal` ends the wait. */
  async lease(demand: Demand, { fresh, signal }: { fresh: boolean; signal?: AbortSignal }): Promise<Lease> {
    if (this.#closed) throw shuttingDown();
    this.#latest = demand;
    const choice = this.#rest.choose(demand, { canRestore: true });
    if (fresh || choice.type !== "resume") this.#rest.retireSuperseded(demand);
    const mustRestore = fresh ? demand.isBound === true : choice.type === "restore";
    const restored = mustRestore ? await this.#leaseRestored(demand) : undefined;
    return restored ?? (fresh ? await this.#leaseOwn(demand) : await this.#leaseAny(demand, signal));
  }

  /** Resolves once a process is up that has told which models there are. */
  async ensureReady(): Promise<void> {
    if (this.#closed) throw shuttingDown();
    if (this.#rest.hasWarm) return;
    await this.#starts.anyBooted();
  }

  /** Keeps room for a guest until the returned function is called. Undefined: what rests would have to give way, and need not. */
  reserve(guest: Guest, { mustBe }: { mustBe: boolean }): (() => void) | undefined {
    if (mustBe) this.#makeRoom(1);
    else if (this.#total >= this.#options.maxWorkers || !this.#options.hasRoom()) return undefined;
    return this.#guests.add(guest);
  }

  /** The model has begun to answer: there is time for other things. */
  answered(worker: Worker): void {
    this.#asking.delete(worker);
    this.refill();
  }

  /** Gives a process back after its turn: to rest until its conversation goes on. */
  release(worker: Worker): void {
    this.#asking.delete(worker);
    if (!this.#leased.delete(worker)) return;
    const isParked = worker.openCalls.size > 0;
    // What was started with a conversation, and given up before it was asked, is bound to that one's tools and fits no other request.
    const isUnused = worker.profile === undefined && worker.transcript.length > 0;
    if (this.#closed || !worker.alive || isUnused) this.#ending.add(isParked ? worker.abandon() : worker.close());
    else if (isParked) this.#rest.add(worker);
    else this.#takeIn(worker);
    this.#shrink();
  }

  /** Ends a leased process that cannot be trusted, or is not needed, any more. */
  discard(worker: Worker): void {
    this.#asking.delete(worker);
    this.#leased.delete(worker);
    this.#ending.add(worker.terminate());
  }

  /** Fills up. Where one cannot start, the rest is left for later; so are spare ones while somebody waits for a first token. */
  refill(): void {
    if (this.#closed) return;
    if (!this.#startForWaiters() || !this.#lacksSpares) return;
    if (this.#asking.size > 0) {
      this.#refillAfter(REFILL_DELAY_MS);
      return;
    }
    this.#startSpares();
  }

  /** Ends every process that has no turn running: the next ones are started anew, from what is installed then. */
  reset(): void {
    this.#rest.closeReady();
    this.#starts.discardSpares();
    this.#startForWaiters();
  }

  /** Ends all processes, and resolves when every one is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#refillTimer);
    for (const { reject } of this.#waiters.splice(0)) reject(shuttingDown());
    this.#starts.close(shuttingDown());
    this.#rest.closeAll();
    for (const worker of this.#leased) this.#ending.add(worker.terminate());
    await this.#ending.all();
  }

  get #total(): number {
    return this.#starts.size + this.#leased.size + this.#rest.size + this.#guests.size;
  }

  get #lacksSpares(): boolean {
    const beyond = this.#starts.forAnyone - this.#waiters.length;
    // Those who wait for a start of their own come first.
    if (beyond < 0) return false;
    const spares = this.#rest.warmFor(this.#latest) + beyond;
    return spares < this.#options.warm && this.#total < this.#options.maxWorkers;
  }

  #startSpares(): void {
    // One is always had, or nothing would ever be ready.
    while (this.#lacksSpares && (this.#total === 0 || this.#options.hasRoom())) if (!this.#starts.start()) return;
  }

  /** A process that is started from the request's history. Undefined: it could not be written down. */
  async #leaseRestored(demand: Demand): Promise<Lease | undefined> {
    const restored = await this.#options.restore(demand);
    if (this.#closed) {
      await restored?.giveUp();
      throw shuttingDown();
    }
    if (restored === undefined) return undefined;
    const lease = this.#leaseOwn(demand, restored);
    // One that was started before may have died just now.
    return await (restored.process ? lease.catch(() => this.#leaseRestored(demand)) : lease);
  }

  /** A process that is started for this request. */
  #leaseOwn({ model }: Demand, restored?: Restored): Promise<Lease> {
    this.#makeRoom(1);
    return new Promise<Lease>((resolve, reject) => {
      this.#starts.startFor({ resolve: (worker) => resolve(this.#lend(keepingAll(worker))), reject }, model, restored);
    });
  }

  /** A process that rests; else the next that is up, or that another request gives back. */
  #leaseAny(demand: Demand, signal?: AbortSignal): Promise<Lease> {
    const choice = this.#rest.choose(demand, { canRestore: false });
    if (choice.type === "resume" || choice.type === "reuse") return Promise.resolve(this.#lend(choice));
    return new Promise<Lease>((resolve, reject) => {
      const waiter = { demand, resolve, reject };
      this.#waiters.push(waiter);
      signal?.addEventListener("abort", () => this.#leave(waiter, signal.reason), { once: true });
      this.#startForWaiters();
    });
  }

  /** Somebody does not wait any more. */
  #leave(waiter: Waiter, reason: unknown): void {
    const index = this.#waiters.indexOf(waiter);
    if (index !== -1) this.#waiters.splice(index, 1);
    waiter.reject(reason);
  }

  #lend(choice: Extract<Choice<Worker>, { worker: Worker }>): Lease {
    const { worker, ownIds } = choice;
    this.#rest.remove(worker);
    this.#leased.add(worker);
    this.#asking.add(worker);
    if (this.#lacksSpares) this.#refillAfter(REFILL_DELAY_MS);
    const keep = choice.type === "resume" ? worker.transcript.length : choice.keep;
    return { worker, keep, resume: choice.type === "resume", ownIds };
  }

  /** A process that is up and free goes to the one who waits longest of those whom it can serve; else it rests. */
  #takeIn(worker: Worker): void {
    const others = { parked: [], warm: [] };
    for (const [index, { demand, resolve }] of this.#waiters.entries()) {
      const choice = chooseProcess({ ...others, idle: [worker] }, demand);
      if (choice.type !== "reuse") continue;
      this.#waiters.splice(index, 1);
      resolve(this.#lend(choice));
      this.#startForWaiters();
      return;
    }
    if (this.#closed) {
      this.#ending.add(worker.close());
      return;
    }
    this.#rest.add(worker);
    this.#startForWaiters();
    this.#makeRoom(0);
  }

  /** False when a process could not even be started; who waited for it has been told. */
  #startForWaiters(): boolean {
    while (this.#starts.forAnyone < Math.min(this.#waiters.length, this.#options.maxStarting)) {
      this.#makeRoom(1);
      if (!this.#starts.start()) return false;
    }
    return true;
  }

  /** So many are about to be started for requests: the count stays within its bound while a process rests. */
  #makeRoom(more: number): void {
    const retire = () => this.#guests.retireOne() || this.#rest.retireOldest();
    while (this.#total + more > this.#options.maxWorkers) if (!retire()) return;
  }

  /** Gives back what the bound, or the machine, has no room for. */
  #shrink(): void {
    this.#makeRoom(0);
    if (this.#total < 2 || this.#options.hasRoom() || this.#guests.retireOne()) return;
    this.#rest.retireOldestIdle();
  }

  /** Fills up after a while: at once, processes that die or do not boot would be started without end. */
  #refillAfter(ms: number): void {
    if (this.#closed || this.#options.warm === 0) return;
    this.#refillTimer ??= setTimeout(() => {
      this.#refillTimer = undefined;
      this.#startSpares();
    }, ms);
    this.#refillTimer.unref();
  }

  /** A process that ended while nobody used it must not be handed out. */
  #forget(worker: Worker): void {
    if (this.#rest.remove(worker)) this.#refillAfter(this.#options.retryMs);
  }
}

function shuttingDown(): ApiError {
  return new ApiError("shutting_down", "The server is shutting down.");
}
