import type { ApiError } from "../../core/error.ts";
import { chooseProcess, keepingAll, supersededBy } from "./policy.ts";
import { dueOf, idleToEnd, isShort, isSpent, lacksSpares, peakWithOneMore, startingForAnyone } from "./pool-needs.ts";
import {
  type Ending,
  type Guest,
  howToEnd,
  isFree,
  ownerOf,
  type PoolEffect,
  type PoolEvent,
  type PoolLimits,
  type PoolState,
  type PoolWorker,
  restingOf,
  type Served,
  type Surroundings,
  totalOf,
  type Waiter,
  type WorkerState,
  workersIn,
} from "./pool-state.ts";

export type PoolStep<W> = { readonly state: PoolState<W>; readonly effects: readonly PoolEffect<W>[] };

/** What becomes of the pool by an event, and what is to be done for it, in this order. Pure. */
export function reducePool<W extends PoolWorker>(
  state: PoolState<W>,
  event: PoolEvent<W>,
  limits: PoolLimits,
  surroundings: Surroundings,
): PoolStep<W> {
  const transition = new Transition(state, limits, surroundings);
  transition.take(event);
  transition.lendToWaiters();
  transition.retireDue();
  transition.keepWithinBounds();
  transition.startOne();
  return transition.step;
}

/** One event's way from a state to the next. The methods are its stages, called in their order. */
class Transition<W extends PoolWorker> {
  readonly #limits: PoolLimits;
  readonly #surroundings: Surroundings;
  readonly #effects: PoolEffect<W>[] = [];
  readonly #workers: Map<W, WorkerState>;
  #state: PoolState<W>;

  constructor(state: PoolState<W>, limits: PoolLimits, surroundings: Surroundings) {
    this.#limits = limits;
    this.#surroundings = surroundings;
    this.#workers = new Map(state.workers);
    this.#state = { ...state, workers: this.#workers };
  }

  get step(): PoolStep<W> {
    return { state: this.#state, effects: this.#effects };
  }

  take(event: PoolEvent<W>): void {
    switch (event.type) {
      case "asked":
        this.#ask(event.waiter, event.choice);
        break;
      case "asked-own":
        this.#noteDemand(event.waiter, undefined);
        this.keepWithinBounds(1);
        this.#start(event.waiter);
        break;
      case "left":
        this.#forgetWaiter(event.waiter);
        break;
      case "started":
        this.#workers.set(event.worker, {
          type: "booting",
          since: this.#surroundings.now,
          ...(event.own && { own: event.own }),
        });
        break;
      case "start-failed":
        this.#tellFailure(event.problem, event.own);
        break;
      case "booted":
        this.#boot(event.worker);
        break;
      case "boot-failed":
        this.#failBoot(event.worker, event.problem);
        break;
      case "prepared":
        if (this.#leave(event.worker, "preparing")) this.#enter(event.worker, "warm");
        break;
      case "unprepared":
        if (this.#endFrom(event.worker, "preparing")) this.#pause();
        break;
      case "answering":
        if (this.#leave(event.worker, "asking")) this.#workers.set(event.worker, { type: "answering" });
        break;
      case "released":
        if (this.#leave(event.worker, "asking", "answering")) this.#rest(event.worker);
        break;
      case "discarded":
        this.#endFrom(event.worker, "asking", "answering");
        break;
      case "exited":
        // Others die as fast as they are started.
        if (this.#leave(event.worker, "warm", "idle", "parked")?.type === "warm") this.#pause();
        break;
      case "guest-came":
        this.keepWithinBounds(1);
        this.#set({ guests: [...this.#state.guests, event.guest] });
        break;
      case "guest-left":
        this.#forgetGuest(event.guest);
        break;
      case "reset":
        this.#reset();
        break;
      case "closed":
        this.#close(event.why);
        break;
      case "tick":
        break;
    }
  }

  /** What rests goes to those who wait, the one who waits longest first. */
  lendToWaiters(): void {
    for (const waiter of this.#state.waiters) {
      if (waiter.demand === undefined) continue;
      const choice = chooseProcess(restingOf(this.#state), waiter.demand);
      if (choice.type === "reuse" || choice.type === "resume") this.#lend(waiter, choice);
    }
  }

  /** Ends those that have rested too long. */
  retireDue(): void {
    for (const worker of dueOf(this.#state, this.#limits, this.#surroundings)) {
      const isKept =
        this.#workers.get(worker)?.type === "warm" && workersIn(this.#state, "warm").length <= this.#limits.warm;
      if (isKept) this.#enter(worker, "warm");
      else this.#retire(worker);
    }
  }

  /** Gives back what the bounds have no room for, when so many more are about to come. */
  keepWithinBounds(more = 0): void {
    const parked = workersIn(this.#state, "parked");
    for (const oldest of parked.slice(0, Math.max(0, parked.length - this.#limits.maxParked))) this.#retire(oldest);
    while (totalOf(this.#state) + more > this.#limits.maxWorkers) if (!this.#retireOne()) return;
  }

  /** Starts a process, if one is needed: for those who wait, or to be ready. Once that has begun, the next may be. */
  startOne(): void {
    const isStarting = this.#effects.some(({ type }) => type === "start");
    if (this.#state.isClosed || isStarting) return;
    if (isShort(this.#state, this.#limits, this.#surroundings)) this.keepWithinBounds(1);
    else if (!lacksSpares(this.#state, this.#limits, this.#surroundings)) return;
    this.#start(undefined);
  }

  #ask(waiter: Waiter, choice: Served<W> | undefined): void {
    this.#noteDemand(waiter, choice);
    if (choice) this.#lend(waiter, choice);
    else if (waiter.demand === undefined && restingOf(this.#state).warm.length > 0)
      this.#answer({ type: "tell", waiter });
    else this.#set({ waiters: [...this.#state.waiters, waiter] });
  }

  /** Remembers what was asked, and gives up the turns that wait for calls which that tells to be over. */
  #noteDemand({ demand }: Waiter, choice: Served<W> | undefined): void {
    if (demand === undefined) return;
    this.#set({
      latest: demand,
      peak: { count: peakWithOneMore(this.#state, this.#surroundings), at: this.#surroundings.now },
    });
    if (choice?.type === "resume") return;
    for (const worker of supersededBy(restingOf(this.#state).parked, demand)) {
      if (worker !== choice?.worker) this.#retire(worker);
    }
  }

  #boot(worker: W): void {
    const booting = this.#leave(worker, "booting");
    if (booting === undefined) return;
    // Those who wait for it to be up ask for a process next.
    const isAwaited = this.#state.waiters.length > 0;
    this.#set({ problem: undefined });
    for (const waiter of this.#state.waiters) if (waiter.demand === undefined) this.#answer({ type: "tell", waiter });
    const own = ownerOf(booting);
    if (own) this.#lend(own, keepingAll(worker));
    else if (isAwaited) this.#enter(worker, "warm");
    else {
      this.#workers.set(worker, { type: "preparing" });
      this.#effects.push({ type: "prepare", worker });
    }
  }

  #failBoot(worker: W, problem: ApiError): void {
    const booting = this.#leave(worker, "booting");
    if (booting === undefined) return;
    this.#end(worker, "terminate");
    this.#set({ problem });
    this.#tellFailure(problem, ownerOf(booting), { mayTryAgain: true });
  }

  /** Each start is for one of those who wait; where others are left, they may still be lucky. */
  #tellFailure(problem: unknown, own: Waiter | undefined, { mayTryAgain = false } = {}): void {
    this.#pause();
    for (const waiter of this.#state.waiters)
      if (waiter.demand === undefined) this.#answer({ type: "reject", waiter, problem });
    const waiter =
      own ?? (startingForAnyone(this.#state).length < this.#state.waiters.length ? this.#state.waiters[0] : undefined);
    if (waiter === undefined) return;
    if (!mayTryAgain || waiter.hasFailed === true) this.#answer({ type: "reject", waiter, problem });
    else if (own) this.#start({ ...own, hasFailed: true });
    else this.#set({ waiters: [{ ...waiter, hasFailed: true }, ...this.#state.waiters.slice(1)] });
  }

  #rest(worker: W): void {
    const isParked = worker.openCalls.size > 0;
    if (isSpent(worker)) this.#end(worker, isParked ? "abandon" : "close");
    else if (isParked) this.#enter(worker, "parked");
    else this.#enter(worker, worker.settings === undefined || worker.transcript.length === 0 ? "warm" : "idle");
    if (totalOf(this.#state) < 2 || this.#surroundings.hasRoom() || this.#retireGuest()) return;
    const idle = idleToEnd(this.#state);
    if (idle) this.#retire(idle);
  }

  /** Ends all that are in no turn, and that nobody waits for by name: they were started from what was installed, or logged in, before. */
  #reset(): void {
    for (const [worker, state] of this.#workers) {
      if (isFree(state)) this.#endFrom(worker, "booting", "preparing", "warm", "idle");
    }
  }

  #close(why: ApiError): void {
    for (const waiter of this.#state.waiters) this.#answer({ type: "reject", waiter, problem: why });
    for (const [worker, state] of this.#workers) {
      const own = ownerOf(state);
      if (own) this.#answer({ type: "reject", waiter: own, problem: why });
      this.#endFrom(worker, state.type);
    }
    this.#set({ isClosed: true });
  }

  #lend(waiter: Waiter, choice: Served<W>): void {
    this.#enter(choice.worker, "asking");
    this.#answer({ type: "lend", waiter, choice });
  }

  #answer(effect: Extract<PoolEffect<W>, { readonly waiter: Waiter }>): void {
    this.#forgetWaiter(effect.waiter);
    this.#effects.push(effect);
  }

  #start(own: Waiter | undefined): void {
    const { model } = own?.demand ?? this.#state.latest ?? { model: undefined };
    this.#effects.push({ type: "start", model, ...(own && { own }) });
  }

  /** Ends the one whose loss costs least: what is idle, a short conversation first, then what is parked. False: there is none. */
  #retireOne(): boolean {
    if (this.#retireGuest()) return true;
    const worker = idleToEnd(this.#state) ?? workersIn(this.#state, "parked")[0] ?? workersIn(this.#state, "warm")[0];
    if (worker) this.#retire(worker);
    return worker !== undefined;
  }

  #retireGuest(): boolean {
    const guest = this.#state.guests.find(({ isResting }) => isResting);
    if (guest === undefined) return false;
    this.#forgetGuest(guest);
    this.#effects.push({ type: "retire", guest });
    return true;
  }

  #retire(worker: W): void {
    this.#endFrom(worker, "warm", "idle", "parked");
  }

  /** Ends a process that is in one of these states. */
  #endFrom(worker: W, ...types: WorkerState["type"][]): boolean {
    const state = this.#leave(worker, ...types);
    if (state) this.#end(worker, howToEnd(state));
    return state !== undefined;
  }

  #end(worker: W, how: Ending): void {
    this.#effects.push({ type: "end", worker, how });
  }

  /** At once, processes that die or do not boot would be started without end. */
  #pause(): void {
    this.#set({ pauseUntil: this.#surroundings.now + this.#limits.retryMs });
  }

  /** Behind all others that are in a state. */
  #enter(worker: W, type: "warm" | "idle" | "parked" | "asking"): void {
    this.#workers.delete(worker);
    this.#workers.set(worker, { type, since: this.#surroundings.now });
  }

  /** Takes a process out of one of these states; undefined: it is in none of them. */
  #leave(worker: W, ...types: WorkerState["type"][]): WorkerState | undefined {
    const state = this.#workers.get(worker);
    if (state === undefined || !types.includes(state.type)) return undefined;
    this.#workers.delete(worker);
    return state;
  }

  #forgetWaiter({ id }: Waiter): void {
    this.#set({ waiters: this.#state.waiters.filter((waiter) => waiter.id !== id) });
  }

  #forgetGuest(guest: Guest): void {
    this.#set({ guests: this.#state.guests.filter((other) => other !== guest) });
  }

  #set(change: Partial<PoolState<W>>): void {
    this.#state = { ...this.#state, ...change };
  }
}
