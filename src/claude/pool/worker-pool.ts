import { ApiError } from "../../core/error.ts";
import type { Logger } from "../../observability/logger.ts";
import { type Choice, chooseProcess, type Demand, supersededBy } from "./policy.ts";
import { RestingWorkers } from "./resting-workers.ts";
import type { OwnIds } from "./transcript.ts";
import type { Worker } from "./worker.ts";
import { type Starter, WorkerStarts } from "./worker-starts.ts";

export type PoolOptions = Starter & {
  readonly logger: Logger;
  /** Processes kept ready that nobody has asked yet. */
  readonly warm: number;
  /** All processes together, those that serve a request included. */
  readonly maxWorkers: number;
  /** How long a process may rest before it is ended, beyond those to be kept ready. */
  readonly idleTimeoutMs: number;
  /** Processes that wait in the middle of a turn for the results of tool calls. */
  readonly maxParked: number;
  readonly parkTimeoutMs: number;
  /** How long after a process did not boot, or died unused, the pool fills up again by itself. */
  readonly retryMs: number;
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
  readonly #ending = new Set<Promise<void>>();
  readonly #warm: RestingWorkers;
  readonly #idle: RestingWorkers;
  readonly #parked: RestingWorkers;
  readonly #waiters: Waiter[] = [];
  #closed = false;
  #refillTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    const { idleTimeoutMs, parkTimeoutMs, warm } = options;
    const close = (worker: Worker) => this.#end(worker.close());
    const abandon = (worker: Worker) => this.#end(worker.abandon());
    this.#warm = new RestingWorkers({ keep: warm, timeoutMs: idleTimeoutMs, onRetire: close });
    this.#idle = new RestingWorkers({ keep: 0, timeoutMs: idleTimeoutMs, onRetire: close });
    this.#parked = new RestingWorkers({ keep: 0, timeoutMs: parkTimeoutMs, onRetire: abandon });
    this.#starts = new WorkerStarts(options, {
      isWanted: () => this.#waiters.length > 0,
      onReady: (worker) => this.#takeIn(worker),
      onFailed: (problem) => {
        // Each start is for one of those who wait; where others are left, they may still be lucky.
        if (this.#starts.forAnyone < this.#waiters.length) this.#waiters.shift()?.reject(problem);
        this.#refillAfter(options.retryMs);
      },
      onUnprepared: () => {
        // Whoever counted on it gets another, which is handed over as soon as it is up.
        this.#startForWaiters();
        this.#refillAfter(options.retryMs);
      },
      onEnd: (ended) => this.#end(ended),
      onExit: (worker) => this.#forget(worker),
    });
  }

  get counts() {
    return {
      starting: this.#starts.size,
      ready: this.#warm.size + this.#idle.size,
      busy: this.#leased.size,
      parked: this.#parked.size,
    };
  }

  /** Why the latest boot failed, as long as none has succeeded since. */
  get problem(): ApiError | undefined {
    return this.#starts.problem;
  }

  /** A process for the request, and how many of its turns to keep. `fresh` asks for one that is started for it. */
  async lease(demand: Demand, { fresh }: { fresh: boolean }): Promise<Lease> {
    if (this.#closed) throw shuttingDown();
    this.#starts.likelyModel = demand.model;
    const choice = fresh ? ({ type: "start" } as const) : this.#choose(demand);
    if (choice.type !== "resume") this.#retireSuperseded(demand);
    if (choice.type !== "start") return this.#lend(choice);
    return await new Promise<Lease>((resolve, reject) => {
      if (fresh) {
        this.#makeRoom(1);
        this.#starts.startFor({ resolve: (worker) => resolve(this.#lend(emptied(worker))), reject });
        return;
      }
      this.#waiters.push({ demand, resolve, reject });
      this.#startForWaiters();
    });
  }

  /** Resolves once a process is up that has told which models there are. */
  async ensureReady(): Promise<void> {
    if (this.#closed) throw shuttingDown();
    if (this.#warm.usable.length > 0) return;
    await this.#starts.anyBooted();
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
    if (this.#closed || !worker.alive) this.#end(isParked ? worker.abandon() : worker.close());
    else if (isParked) this.#park(worker);
    else this.#takeIn(worker);
    this.#shrink();
  }

  /** Ends a leased process that cannot be trusted, or is not needed, any more. */
  discard(worker: Worker): void {
    this.#asking.delete(worker);
    this.#leased.delete(worker);
    this.#end(worker.terminate());
  }

  /**
   * Starts processes until enough are ready or starting, for those who wait and beyond. When one cannot start, the rest is left for
   * later; so are those that nobody waits for while somebody waits for a first token.
   */
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
    for (const worker of [...this.#warm.clear(), ...this.#idle.clear()]) this.#end(worker.close());
  }

  /** Ends all processes, and resolves when every one is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#refillTimer);
    for (const { reject } of this.#waiters.splice(0)) reject(shuttingDown());
    this.#starts.close(shuttingDown());
    for (const worker of this.#parked.clear()) this.#end(worker.abandon());
    this.reset();
    for (const worker of this.#leased) this.#end(worker.terminate());
    await Promise.all(this.#ending);
  }

  get #total(): number {
    return this.#starts.size + this.#leased.size + this.#warm.size + this.#idle.size + this.#parked.size;
  }

  get #lacksSpares(): boolean {
    const spares = this.#warm.size + this.#starts.forAnyone - this.#waiters.length;
    return spares < this.#options.warm && this.#total < this.#options.maxWorkers;
  }

  #startSpares(): void {
    // One is always had, or nothing would ever be ready.
    while (this.#lacksSpares && (this.#total === 0 || this.#options.hasRoom())) if (!this.#starts.start()) return;
  }

  #choose(demand: Demand): Choice<Worker> {
    const resting = { parked: this.#parked.usable, idle: this.#idle.usable, warm: this.#warm.usable };
    return chooseProcess(resting, demand);
  }

  #lend(choice: Exclude<Choice<Worker>, { type: "start" }>): Lease {
    const { worker, ownIds } = choice;
    for (const resting of [this.#parked, this.#idle, this.#warm]) resting.remove(worker);
    this.#leased.add(worker);
    this.#asking.add(worker);
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
      return;
    }
    if (this.#closed) {
      this.#end(worker.close());
      return;
    }
    if (worker.settings === undefined || worker.transcript.length === 0) this.#warm.add(worker);
    else this.#idle.add(worker);
    this.#startForWaiters();
    this.#makeRoom(0);
  }

  /** False when a process could not even be started; who waited for it has been told. */
  #startForWaiters(): boolean {
    while (this.#starts.forAnyone < this.#waiters.length) {
      this.#makeRoom(1);
      if (!this.#starts.start()) return false;
    }
    return true;
  }

  #park(worker: Worker): void {
    this.#parked.add(worker);
    if (this.#parked.size > this.#options.maxParked) this.#parked.retireOldest();
  }

  /** So many are about to be started for requests: the count stays within its bound while a process rests. */
  #makeRoom(more: number): void {
    while (this.#total + more > this.#options.maxWorkers) if (!this.#retireOldest()) return;
  }

  /** Gives back what the bound, or the machine, has no room for. */
  #shrink(): void {
    this.#makeRoom(0);
    if (this.#total > 1 && !this.#options.hasRoom()) this.#idle.retireOldest();
  }

  #retireOldest(): boolean {
    return this.#idle.retireOldest() || this.#parked.retireOldest() || this.#warm.retireOldest();
  }

  #retireSuperseded(demand: Demand): void {
    for (const worker of supersededBy(this.#parked.usable, demand)) {
      if (this.#parked.remove(worker)) this.#end(worker.abandon());
    }
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
    if (this.#warm.remove(worker)) this.#refillAfter(this.#options.retryMs);
    this.#idle.remove(worker);
    this.#parked.remove(worker);
  }

  /** Remembers an ending process until it is gone, so that closing can wait for it. */
  #end(ended: Promise<void>): void {
    const tracked = ended.finally(() => this.#ending.delete(tracked));
    this.#ending.add(tracked);
  }
}

/** The choice of a process that remembers nothing. */
function emptied(worker: Worker) {
  return { type: "reuse", worker, keep: 0, ownIds: new Map<string, string>() } as const;
}

function shuttingDown(): ApiError {
  return new ApiError("shutting_down", "The server is shutting down.");
}
