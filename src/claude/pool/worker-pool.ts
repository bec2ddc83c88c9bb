import { ApiError } from "../../core/error.ts";
import type { Logger } from "../../observability/logger.ts";
import type { ReportedModel } from "../protocol/messages.ts";
import { chooseParked, chooseReuse, type Demand, supersededBy } from "./policy.ts";
import { RestingWorkers } from "./resting-workers.ts";
import type { Worker } from "./worker.ts";

export type PoolOptions = {
  /** Starts a process, with the model that the next request will probably name. */
  readonly startWorker: (likelyModel: string | undefined) => Worker;
  /** Called with what each new process reports. */
  readonly onModels: (models: readonly ReportedModel[]) => void;
  readonly logger: Logger;
  readonly warm: number;
  /** Processes kept after their turn, to continue their conversation. */
  readonly maxIdle: number;
  readonly idleTimeoutMs: number;
  /** Processes that wait in the middle of a turn for the results of tool calls. */
  readonly maxParked: number;
  readonly parkTimeoutMs: number;
  /** How long after a process did not boot, or died unused, the pool fills up again by itself. */
  readonly retryMs: number;
};

/** `resume`: the process waits for the tool results that the request brings. `keep`: how many of its turns the process keeps. */
export type Lease = { readonly worker: Worker; readonly keep: number; readonly resume: boolean };

type Waiter = { readonly resolve: (worker: Worker) => void; readonly reject: (error: unknown) => void };

/** All `claude` processes: those starting, those ready for any request, those resting after a turn, and those parked in one. */
export class WorkerPool {
  readonly #options: PoolOptions;
  /** Who gets each once it is up. */
  readonly #starting = new Map<Worker, Waiter>();
  readonly #warm: Worker[] = [];
  readonly #leased = new Set<Worker>();
  readonly #ending = new Set<Promise<void>>();
  readonly #idle: RestingWorkers;
  readonly #parked: RestingWorkers;
  readonly #waiters: Waiter[] = [];
  #closed = false;
  #problem: ApiError | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  /** The model that was asked last: the next request will probably name it too. */
  #lastModel: string | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    const { maxIdle, idleTimeoutMs, maxParked, parkTimeoutMs } = options;
    this.#idle = new RestingWorkers({
      max: maxIdle,
      timeoutMs: idleTimeoutMs,
      onRetire: (worker) => this.#end(worker.close()),
    });
    this.#parked = new RestingWorkers({
      max: maxParked,
      timeoutMs: parkTimeoutMs,
      onRetire: (worker) => this.#end(worker.abandon()),
    });
  }

  get counts() {
    return {
      starting: this.#starting.size,
      ready: this.#warm.length + this.#idle.size,
      busy: this.#leased.size,
      parked: this.#parked.size,
    };
  }

  /** Why the latest boot failed, as long as none has succeeded since. */
  get problem(): ApiError | undefined {
    return this.#problem;
  }

  /** A process for the request, and how many of its turns to keep. `fresh` asks for one that is started for it. */
  async lease(demand: Demand, { fresh }: { fresh: boolean }): Promise<Lease> {
    if (this.#closed) throw shuttingDown();
    this.#lastModel = demand.model;
    const parked = fresh ? undefined : chooseParked(this.#parked.usable, demand);
    if (parked) {
      this.#parked.remove(parked.worker);
      this.#leased.add(parked.worker);
      return { worker: parked.worker, keep: parked.transcript.length, resume: true };
    }
    for (const { worker } of supersededBy(this.#parked.usable, demand)) this.#retireParked(worker);
    const reuse = fresh ? undefined : chooseReuse(this.#idle.usable, demand);
    if (reuse) {
      const { worker } = reuse.worker;
      this.#idle.remove(worker);
      this.#leased.add(worker);
      return { worker, keep: reuse.keep, resume: false };
    }
    const worker = await (fresh ? this.#startForOne() : this.#takeWarm());
    this.#leased.add(worker);
    return { worker, keep: 0, resume: false };
  }

  /** Resolves once a process is up. It is kept ready, unless others of those who waited have brought about enough. */
  async ensureReady(): Promise<void> {
    if (this.#warm.some(({ alive }) => alive)) return;
    this.#keepReady(await this.#takeWarm(), Math.max(1, this.#options.warm));
  }

  /** Gives a process back after its turn: to rest until its conversation goes on. */
  release(worker: Worker): void {
    if (!this.#leased.delete(worker)) return;
    const isParked = worker.openCalls.size > 0;
    if (this.#closed || !worker.alive) this.#end(isParked ? worker.abandon() : worker.close());
    else if (isParked) this.#parked.add(worker);
    else if (worker.profile === undefined) this.#keepReady(worker);
    else this.#idle.add(worker);
  }

  /** A burst of requests, or clients that gave up, may leave more processes than are wanted ready. */
  #keepReady(worker: Worker, wanted = this.#options.warm): void {
    if (!this.#closed && this.#warm.length < wanted) this.#warm.push(worker);
    else this.#end(worker.close());
  }

  /** Ends a leased process that cannot be trusted, or is not needed, any more. */
  discard(worker: Worker): void {
    this.#leased.delete(worker);
    this.#end(worker.terminate());
  }

  /** Starts processes until `warm` of them are ready or starting. When one cannot start, the rest is left for later. */
  refill(): void {
    const wanted = this.#options.warm + this.#waiters.length;
    while (!this.#closed && this.#warm.length + this.#startingForAnyone < wanted) {
      if (!this.#start(this.#nextInLine)) return;
    }
  }

  /** Fills up again after a while: at once, processes that die or do not boot would be started without end. */
  #retryLater(): void {
    if (this.#closed || this.#options.warm === 0) return;
    this.#retryTimer ??= setTimeout(() => {
      this.#retryTimer = undefined;
      this.refill();
    }, this.#options.retryMs);
    this.#retryTimer.unref();
  }

  /** Ends every process that has no turn running: the next ones are started anew, from what is installed then. */
  reset(): void {
    for (const worker of this.#warm.splice(0)) this.#end(worker.close());
    for (const worker of this.#idle.clear()) this.#end(worker.close());
  }

  /** Ends all processes, and resolves when every one is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    for (const { reject } of this.#waiters.splice(0)) reject(shuttingDown());
    for (const { reject } of this.#starting.values()) reject(shuttingDown());
    const resting = [...this.#warm, ...this.#idle.clear()];
    const occupied = [...this.#starting.keys(), ...this.#leased];
    for (const worker of this.#parked.clear()) this.#end(worker.abandon());
    for (const worker of resting) this.#end(worker.close());
    for (const worker of occupied) this.#end(worker.terminate());
    await Promise.all(this.#ending);
  }

  #takeWarm(): Promise<Worker> {
    for (let ready = this.#warm.shift(); ready !== undefined; ready = this.#warm.shift()) {
      // One that broke its protocol is on its way out, and may take a moment.
      if (ready.alive) return Promise.resolve(ready);
    }
    return new Promise<Worker>((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (this.#startingForAnyone < this.#waiters.length) this.#start(this.#nextInLine);
    });
  }

  get #startingForAnyone(): number {
    return [...this.#starting.values()].filter((waiter) => waiter === this.#nextInLine).length;
  }

  #startForOne(): Promise<Worker> {
    return new Promise<Worker>((resolve, reject) => {
      this.#start({ resolve, reject });
    });
  }

  /** Whoever waits longest gets the process; when nobody does, it is kept ready. */
  readonly #nextInLine: Waiter = {
    resolve: (worker) => {
      const waiter = this.#waiters.shift();
      if (waiter) waiter.resolve(worker);
      else this.#keepReady(worker);
    },
    reject: (error) => this.#waiters.shift()?.reject(error),
  };

  /** False when a process could not even be started; `waiter` has been told. */
  #start(waiter: Waiter): boolean {
    let worker: Worker;
    try {
      worker = this.#options.startWorker(this.#lastModel);
    } catch (error) {
      waiter.reject(error);
      this.#retryLater();
      return false;
    }
    this.#starting.set(worker, waiter);
    worker.booted.then(
      (models) => this.#booted(worker, models, waiter),
      (error) => this.#failedToBoot(worker, error, waiter),
    );
    void worker.exited.then(() => this.#forget(worker));
    return true;
  }

  #booted(worker: Worker, models: readonly ReportedModel[], waiter: Waiter): void {
    this.#starting.delete(worker);
    this.#options.onModels(models);
    this.#problem = undefined;
    if (this.#closed) {
      this.#end(worker.close());
      waiter.reject(shuttingDown());
    } else waiter.resolve(worker);
  }

  #failedToBoot(worker: Worker, cause: unknown, waiter: Waiter): void {
    this.#starting.delete(worker);
    this.#end(worker.terminate());
    if (this.#closed) {
      waiter.reject(shuttingDown());
      return;
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    const problem = new ApiError("cli_failed", `The Claude CLI did not start: ${reason}`, { cause });
    const level = problem.message === this.#problem?.message ? "debug" : "error";
    this.#options.logger[level]("claude did not start", { pid: worker.pid, reason });
    this.#problem = problem;
    waiter.reject(problem);
    this.#retryLater();
  }

  /** A process that ended while nobody used it must not be handed out. */
  #forget(worker: Worker): void {
    const index = this.#warm.indexOf(worker);
    if (index !== -1) {
      this.#warm.splice(index, 1);
      this.#retryLater();
    }
    this.#idle.remove(worker);
    this.#parked.remove(worker);
  }

  #retireParked(worker: Worker): void {
    if (this.#parked.remove(worker)) this.#end(worker.abandon());
  }

  /** Remembers an ending process until it is gone, so that closing can wait for it. */
  #end(ended: Promise<void>): void {
    const tracked = ended.finally(() => this.#ending.delete(tracked));
    this.#ending.add(tracked);
  }
}

function shuttingDown(): ApiError {
  return new ApiError("shutting_down", "The server is shutting down.");
}
