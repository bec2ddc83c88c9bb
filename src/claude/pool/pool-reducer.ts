import type { ApiError } from "../../core/error.ts";
import { chooseProcess, keepingAll, supersededBy } from "./policy.ts";
import {
  dueOf,
  idleToEnd,
  isOfBatch,
  isShort,
  isSpent,
  lacksSpares,
  leavesOf,
  peakWithOneMore,
  startingForAnyone,
} from "./pool-needs.ts";
import {
  type Conditions,
  ownerOf,
  type PoolEvent,
  type PoolLimits,
  type PoolState,
  type PoolStep,
  type PoolWorker,
  restingOf,
  type Served,
  Transition,
  totalOf,
  type Waiter,
  workersIn,
} from "./pool-state.ts";

/** What becomes of the pool by an event, and what is to be done for it, in this order. Pure. */
export function reducePool<W extends PoolWorker>(
  state: PoolState<W>,
  event: PoolEvent<W>,
  limits: PoolLimits,
  conditions: Conditions,
): PoolStep<W> {
  const transition = new Reduction(state, limits, conditions);
  transition.take(event);
  transition.lendToWaiters();
  transition.retireDue();
  transition.keepWithinBounds();
  transition.startOne();
  return transition.step;
}

const WAYS = {
  prepared: ["preparing", "warm"],
  borrowed: ["warm", "preparing"],
  answering: ["asking", "answering"],
} as const;

/** The methods are its stages, called in their order. */
class Reduction<W extends PoolWorker> extends Transition<W> {
  take(event: PoolEvent<W>): void {
    switch (event.type) {
      case "asked":
        this.#ask(event.waiter, event.choice);
        break;
      case "asked-own":
        this.#noteDemand(event.waiter, undefined);
        this.keepWithinBounds(1);
        this.start(event.waiter);
        break;
      case "left":
        this.forgetWaiter(event.waiter);
        break;
      case "started":
        this.workers.set(event.worker, {
          type: "booting",
          since: this.conditions.now,
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
      case "borrowed":
      case "answering": {
        const [from, to] = WAYS[event.type];
        if (this.leave(event.worker, from)) this.enter(event.worker, to);
        break;
      }
      case "unprepared":
        if (this.endFrom(event.worker, "preparing")) this.pause();
        break;
      case "released":
        if (this.leave(event.worker, "asking", "answering")) this.#rest(event.worker);
        break;
      case "discarded":
        this.endFrom(event.worker, "asking", "answering");
        break;
      case "exited":
        // Others die as fast as they are started.
        if (this.leave(event.worker, "warm", "idle", "parked")?.type === "warm") this.pause();
        break;
      case "guest-came":
        this.keepWithinBounds(1);
        this.set({ guests: [...this.state.guests, event.guest] });
        break;
      case "guest-left":
        this.forgetGuest(event.guest);
        break;
      case "reset":
        // Those that nobody waits for by name, and that are in no turn: they were started from what was installed, or logged in, before.
        for (const [worker, state] of this.workers)
          if (ownerOf(state) === undefined) this.endFrom(worker, "booting", "preparing", "warm", "idle");
        break;
      case "closed":
        this.#close(event.why);
        break;
      case "tick":
        break;
    }
  }

  /** What rests goes to those who wait, in their order. */
  lendToWaiters(): void {
    for (const waiter of this.state.waiters) {
      const { demand } = waiter;
      if (demand === undefined) continue;
      const waiting = this.state.waiters.length;
      const leaves = leavesOf(demand, waiting, this.state, this.limits, this.conditions);
      const choice = chooseProcess(restingOf(this.state), demand, { leaves });
      if (choice.type === "reuse" || choice.type === "resume") this.lend(waiter, choice);
    }
  }

  /** Ends those that have rested too long. */
  retireDue(): void {
    for (const worker of dueOf(this.state, this.limits, this.conditions)) {
      const isKept =
        this.workers.get(worker)?.type === "warm" && workersIn(this.state, "warm").length <= this.limits.warm;
      if (isKept) this.enter(worker, "warm");
      else this.retire(worker);
    }
  }

  /** Gives back what the bounds have no room for, when so many more are about to come. */
  keepWithinBounds(more = 0): void {
    const parked = workersIn(this.state, "parked");
    for (const oldest of parked.slice(0, Math.max(0, parked.length - this.limits.maxParked))) this.retire(oldest);
    while (totalOf(this.state) + more > this.limits.maxWorkers) if (!this.#retireOne()) return;
  }

  /** Starts a process, if one is needed: for those who wait, or to be ready. Once that has begun, the next may be. */
  startOne(): void {
    const isStarting = this.effects.some(({ type }) => type === "start");
    if (this.state.isClosed || isStarting) return;
    if (isShort(this.state, this.limits, this.conditions)) this.keepWithinBounds(1);
    else if (!lacksSpares(this.state, this.limits, this.conditions)) return;
    this.start(undefined);
  }

  #ask(waiter: Waiter, choice: Served<W> | undefined): void {
    this.#noteDemand(waiter, choice);
    if (choice) this.lend(waiter, choice);
    else if (waiter.demand === undefined && restingOf(this.state).warm.length > 0)
      this.answer({ type: "tell", waiter });
    else this.#wait(waiter);
  }

  /** Behind those who came before, but for a batch. */
  #wait(waiter: Waiter): void {
    const { waiters } = this.state;
    const isBatch = ({ demand }: Waiter) => demand !== undefined && isOfBatch(demand);
    const at = isBatch(waiter) ? -1 : waiters.findIndex(isBatch);
    this.set({ waiters: at < 0 ? [...waiters, waiter] : waiters.toSpliced(at, 0, waiter) });
  }

  /** Remembers what was asked, and gives up the turns that wait for calls which that tells to be over. */
  #noteDemand({ demand }: Waiter, choice: Served<W> | undefined): void {
    if (demand === undefined) return;
    this.set({
      latest: demand,
      peak: { count: peakWithOneMore(this.state, this.conditions), at: this.conditions.now },
    });
    if (choice?.type === "resume") return;
    for (const worker of supersededBy(restingOf(this.state).parked, demand)) {
      if (worker !== choice?.worker) this.retire(worker);
    }
  }

  #boot(worker: W): void {
    const booting = this.leave(worker, "booting");
    if (booting === undefined) return;
    // Those who wait for it to be up ask for a process next.
    const isAwaited = this.state.waiters.length > 0;
    this.set({ problem: undefined });
    for (const waiter of this.state.waiters) if (waiter.demand === undefined) this.answer({ type: "tell", waiter });
    const own = ownerOf(booting);
    if (own) this.lend(own, keepingAll(worker));
    else if (isAwaited) this.enter(worker, "warm");
    else {
      this.enter(worker, "preparing");
      this.effects.push({ type: "prepare", worker });
    }
  }

  #failBoot(worker: W, problem: ApiError): void {
    const booting = this.leave(worker, "booting");
    if (booting === undefined) return;
    this.end(worker, "terminate");
    this.set({ problem });
    this.#tellFailure(problem, ownerOf(booting), { mayTryAgain: true });
  }

  /** Each start is for one of those who wait; where others are left, they may still be lucky. */
  #tellFailure(problem: unknown, own: Waiter | undefined, { mayTryAgain = false } = {}): void {
    this.pause();
    const starting = startingForAnyone(this.state).length;
    const wanting = this.state.waiters.filter(({ demand }) => demand !== undefined);
    const affected = own ?? (starting < wanting.length ? wanting[0] : undefined);
    const isAffected = (waiter: Waiter) => waiter === affected || waiter.demand === undefined;
    for (const waiter of this.state.waiters.filter(isAffected)) this.#tellOfFailure(waiter, problem, mayTryAgain);
    if (own === undefined) return;
    if (mayTryAgain && own.hasFailed !== true) this.start({ ...own, hasFailed: true });
    else this.answer({ type: "reject", waiter: own, problem });
  }

  /** Another process may come up where one did not, once. */
  #tellOfFailure(waiter: Waiter, problem: unknown, mayTryAgain: boolean): void {
    if (!mayTryAgain || waiter.hasFailed === true) this.answer({ type: "reject", waiter, problem });
    else {
      const waiters = this.state.waiters.map((other) => (other === waiter ? { ...waiter, hasFailed: true } : other));
      this.set({ waiters });
    }
  }

  #rest(worker: W): void {
    const isParked = worker.openCalls.size > 0;
    if (isSpent(worker)) this.end(worker, isParked ? "abandon" : "close");
    else if (isParked) this.enter(worker, "parked");
    else this.enter(worker, worker.settings === undefined || worker.transcript.length === 0 ? "warm" : "idle");
    if (totalOf(this.state) < 2 || this.conditions.hasRoom() || this.retireGuest()) return;
    const idle = idleToEnd(this.state);
    if (idle) this.retire(idle);
  }

  #close(why: ApiError): void {
    for (const waiter of this.state.waiters) this.answer({ type: "reject", waiter, problem: why });
    for (const [worker, state] of this.workers) {
      const own = ownerOf(state);
      if (own) this.answer({ type: "reject", waiter: own, problem: why });
      this.endFrom(worker, state.type);
    }
    this.set({ isClosed: true });
  }

  /** Ends the one whose loss costs least: what is idle, a short conversation first, then what is parked. False: there is none. */
  #retireOne(): boolean {
    if (this.retireGuest()) return true;
    const worker = idleToEnd(this.state) ?? workersIn(this.state, "parked")[0] ?? workersIn(this.state, "warm")[0];
    if (worker) this.retire(worker);
    return worker !== undefined;
  }
}
