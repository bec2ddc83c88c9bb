import { addAbortListener } from "node:events";
import type { ProcessState } from "../../core/backend.ts";
import { type ApiError, reasonOf, shuttingDown } from "../../core/error.ts";
import { bootProblem } from "../cli/start-failure.ts";
import type { Restored } from "../session/restorer.ts";
import type { Demand } from "./choice.ts";
import type { Lease, LeaseOptions, PoolOptions } from "./lease.ts";
import { chooseProcess } from "./policy.ts";
import { type GuestWorth, hasRoomForGuest, leavesOf, nextTick } from "./pool-needs.ts";
import { reducePool } from "./pool-reducer.ts";
import {
  type Conditions,
  countsOf,
  EMPTY_POOL,
  type Guest,
  type PoolEffect,
  type PoolEvent,
  type PoolState,
  processesOf,
  restingOf,
  type Served,
  type Waiter,
  workersIn,
} from "./pool-state.ts";
import type { Worker } from "./worker.ts";

type Waiting = {
  readonly choice?: Served<Worker> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly restored?: Restored | undefined;
};

/** Resolved with the process, or with none for who waits until any is up. `watch`: of the signal, until then. */
type Promised = Omit<PromiseWithResolvers<Served<Worker> | undefined>, "promise"> &
  Pick<Waiting, "restored"> & { readonly watch: Disposable | undefined };

/** All `claude` processes. What happens to them is decided by `pool-reducer.ts`; here it is done. */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #promised = new Map<number, Promised>();
  readonly #events: PoolEvent<Worker>[] = [];
  /** Processes that are being ended, until they are gone. */
  readonly #ending = new Set<Promise<void>>();
  #state: PoolState<Worker> = { ...EMPTY_POOL, workers: new Map() };
  #lastId = 0;
  #isDispatching = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get counts() {
    return countsOf(this.#state);
  }

  get processes(): readonly ProcessState[] {
    return processesOf(this.#state, performance.now());
  }

  /** Why the latest boot failed, as long as none has succeeded since. */
  get problem(): ApiError | undefined {
    return this.#state.problem;
  }

  /** A process for the request, and how many of its turns to keep. `fresh` asks for one that is started for it; `signal` ends the wait. */
  async lease(demand: Demand, how: LeaseOptions): Promise<Lease> {
    const { fresh, signal } = how;
    if (this.#state.isClosed) throw shuttingDown();
    const choose = (canRestore: boolean) => {
      const waiting = this.#state.waiters.length + 1;
      const leaves = leavesOf(demand, waiting, this.#state, this.#options, this.#conditions);
      return chooseProcess(restingOf(this.#state), demand, { canRestore, leaves });
    };
    const choice = choose(true);
    const mustRestore = fresh ? demand.isBound === true : choice.type === "restore";
    const restored = mustRestore ? await this.#options.restore(demand) : undefined;
    if (this.#state.isClosed || signal?.aborted) {
      await restored?.giveUp();
      throw this.#state.isClosed ? shuttingDown() : signal?.reason;
    }
    if (fresh || restored) {
      const own = this.#wait("asked-own", demand, { restored });
      return await (restored ? own.catch((problem) => this.#leaseAgain(problem, restored, demand, how)) : own);
    }
    const served = mustRestore ? choose(false) : choice;
    return await this.#wait("asked", demand, { choice: "worker" in served ? served : undefined, signal });
  }

  /** A conversation is written down for one process: the next needs it written anew. One that had waited for it may have died long ago. */
  async #leaseAgain(problem: unknown, { process }: Restored, demand: Demand, how: LeaseOptions): Promise<Lease> {
    if (this.#state.isClosed || how.signal?.aborted || (how.isAgain && process === undefined)) throw problem;
    return await this.lease(demand, { ...how, isAgain: process === undefined });
  }

  /** Resolves once a process is up that has told which models there are. */
  async ensureReady(): Promise<void> {
    if (this.#state.isClosed) throw shuttingDown();
    await this.#promise("asked", undefined, {});
  }

  /** Keeps room for a guest until the returned function is called. Undefined: it is not worth what would have to give way for it. */
  reserve(guest: Guest, worth: GuestWorth): (() => void) | undefined {
    if (!hasRoomForGuest(worth, this.#state, this.#options, this.#conditions)) return undefined;
    this.#dispatch({ type: "guest-came", guest });
    return () => this.#dispatch({ type: "guest-left", guest });
  }

  /** The model has begun to answer: there is time for other things. */
  answered(worker: Worker): void {
    this.#dispatch({ type: "answering", worker });
  }

  /** Has a process that nobody has asked yet do something beside, if there is one; nobody gets it meanwhile. One that fails at it is ended. */
  borrow<T>(use: (worker: Worker) => Promise<T>): Promise<T> | undefined {
    const [worker] = this.#state.waiters.length > 0 ? [] : restingOf(this.#state).warm;
    if (worker === undefined) return undefined;
    this.#dispatch({ type: "borrowed", worker });
    const used = use(worker);
    const giveBack = (type: "prepared" | "unprepared") => () => this.#dispatch({ type, worker });
    used.then(giveBack("prepared"), giveBack("unprepared"));
    return used;
  }

  /** Gives a process back after its turn: to rest until its conversation goes on. */
  release(worker: Worker): void {
    this.#dispatch({ type: "released", worker });
  }

  /** Ends a leased process that cannot be trusted, or is not needed, any more. */
  discard(worker: Worker): void {
    this.#dispatch({ type: "discarded", worker });
  }

  /** Starts processes until enough are ready, or starting. */
  refill(): void {
    this.#dispatch({ type: "tick" });
  }

  /** Ends every process that has no turn running: the next ones are started anew, from what is installed then. */
  reset(): void {
    this.#dispatch({ type: "reset" });
  }

  /** Ends all processes, and resolves when every one is gone. */
  async close(): Promise<void> {
    this.#dispatch({ type: "closed", why: shuttingDown() });
    await Promise.all(this.#ending);
  }

  async #wait(type: "asked" | "asked-own", demand: Demand, how: Waiting): Promise<Lease> {
    const choice = await this.#promise(type, demand, how);
    if (choice === undefined) throw new Error("there is no process for the request");
    const { worker, ownIds } = choice;
    const { length } = worker.transcript;
    if (choice.type === "resume") return { worker, keep: length, how: "resume", ownIds };
    return { worker, keep: choice.keep, how: length === 0 ? "new" : how.restored ? "restore" : "reuse", ownIds };
  }

  #promise(
    type: "asked" | "asked-own",
    demand: Demand | undefined,
    { choice, signal, restored }: Waiting,
  ): Promise<Served<Worker> | undefined> {
    // What a conversation was written down in is read once.
    const waiter: Waiter = { id: ++this.#lastId, demand, ...(restored && { hasFailed: true }) };
    const { promise, ...settle } = Promise.withResolvers<Served<Worker> | undefined>();
    const leave = () => {
      this.#take(waiter);
      this.#dispatch({ type: "left", waiter });
      settle.reject(signal?.reason);
    };
    // A signal that hangs on the server's own end lives as long as that: it would keep each conversation that was asked.
    const watch = signal && addAbortListener(signal, leave);
    this.#promised.set(waiter.id, { ...settle, restored, watch });
    this.#dispatch(type === "asked" ? { type, waiter, choice } : { type, waiter });
    return promise;
  }

  #take({ id }: Waiter): Promised | undefined {
    const promised = this.#promised.get(id);
    this.#promised.delete(id);
    promised?.watch?.[Symbol.dispose]();
    return promised;
  }

  /** What an effect brings about at once is taken up behind it. */
  #dispatch(event: PoolEvent<Worker>): void {
    this.#events.push(event);
    if (this.#isDispatching) return;
    this.#isDispatching = true;
    let conditions = this.#conditions;
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
      conditions = this.#conditions;
      const { state, effects } = reducePool(this.#state, next, this.#options, conditions);
      this.#state = state;
      for (const effect of effects) this.#do(effect);
    }
    this.#isDispatching = false;
    this.#setTimer(conditions);
  }

  get #conditions(): Conditions {
    return { now: performance.now(), hasRoom: this.#options.hasRoom };
  }

  /** From when the state was made: what has become due since is not yet done. */
  #setTimer(madeIn: Conditions): void {
    clearTimeout(this.#timer);
    const at = nextTick(this.#state, this.#options, madeIn);
    if (at === undefined) return;
    this.#timer = setTimeout(
      () => this.#dispatch({ type: "tick" }),
      Math.max(0, Math.ceil(at - performance.now())),
    ).unref();
  }

  #do(effect: PoolEffect<Worker>): void {
    switch (effect.type) {
      case "start":
        this.#start(effect.model, effect.own);
        break;
      case "prepare":
        void this.#prepare(effect.worker);
        break;
      case "lend":
        this.#take(effect.waiter)?.resolve(effect.choice);
        break;
      case "tell":
        this.#take(effect.waiter)?.resolve(undefined);
        break;
      case "reject":
        this.#take(effect.waiter)?.reject(effect.problem);
        break;
      case "end":
        this.#end(effect.worker[effect.how]());
        break;
      case "retire":
        effect.guest.retire();
        break;
    }
  }

  #start(model: string | undefined, own: Waiter | undefined): void {
    const restored = own && this.#promised.get(own.id)?.restored;
    let worker: Worker;
    // Before what a guest may have told meanwhile, or one more would be started for the same.
    try {
      worker = this.#options.startWorker(model, restored);
      this.#events.unshift({ type: "started", worker, own });
    } catch (problem) {
      this.#events.unshift({ type: "start-failed", problem, own });
      return;
    }
    worker.booted.then(
      (models) => {
        if (workersIn(this.#state, "booting").includes(worker)) this.#options.onModels(models);
        this.#dispatch({ type: "booted", worker });
      },
      (cause: unknown) => this.#failBoot(worker, cause),
    );
    void worker.exited.then(() => this.#dispatch({ type: "exited", worker }));
  }

  #failBoot(worker: Worker, cause: unknown): void {
    if (!workersIn(this.#state, "booting").includes(worker)) return;
    const problem = bootProblem(cause);
    const level = problem.message === this.problem?.message ? "debug" : "error";
    this.#options.logger[level]("claude did not start", { pid: worker.pid, reason: reasonOf(cause) });
    this.#dispatch({ type: "boot-failed", worker, problem });
  }

  async #prepare(worker: Worker): Promise<void> {
    try {
      await worker.prepare();
      this.#dispatch({ type: "prepared", worker });
    } catch (error) {
      if (!workersIn(this.#state, "preparing").includes(worker)) return;
      this.#options.logger.warn("a new process could not be made ready", { pid: worker.pid, reason: reasonOf(error) });
      this.#dispatch({ type: "unprepared", worker });
    }
  }

  #end(ended: Promise<void>): void {
    const tracked = ended.finally(() => this.#ending.delete(tracked));
    this.#ending.add(tracked);
  }
}
