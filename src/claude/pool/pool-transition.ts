import {
  type Ending,
  type Guest,
  howToEnd,
  type PoolEffect,
  type PoolLimits,
  type PoolState,
  type PoolWorker,
  type Served,
  type Surroundings,
  type Waiter,
  type WorkerState,
} from "./pool-state.ts";

export type PoolStep<W> = { readonly state: PoolState<W>; readonly effects: readonly PoolEffect<W>[] };

/** The state that an event makes of another, and the effects, as far as it has come: what can be done to both. */
export class Transition<W extends PoolWorker> {
  protected readonly limits: PoolLimits;
  protected readonly surroundings: Surroundings;
  protected readonly effects: PoolEffect<W>[] = [];
  protected readonly workers: Map<W, WorkerState>;
  protected state: PoolState<W>;

  constructor(state: PoolState<W>, limits: PoolLimits, surroundings: Surroundings) {
    this.limits = limits;
    this.surroundings = surroundings;
    this.workers = new Map(state.workers);
    this.state = { ...state, workers: this.workers };
  }

  get step(): PoolStep<W> {
    return { state: this.state, effects: this.effects };
  }

  protected lend(waiter: Waiter, choice: Served<W>): void {
    this.enter(choice.worker, "asking");
    this.answer({ type: "lend", waiter, choice });
  }

  protected answer(effect: Extract<PoolEffect<W>, { readonly waiter: Waiter }>): void {
    this.forgetWaiter(effect.waiter);
    this.effects.push(effect);
  }

  protected start(own: Waiter | undefined): void {
    const { model } = own?.demand ?? this.state.latest ?? { model: undefined };
    this.effects.push({ type: "start", model, ...(own && { own }) });
  }

  protected retireGuest(): boolean {
    const guest = this.state.guests.find(({ isResting }) => isResting);
    if (guest === undefined) return false;
    this.forgetGuest(guest);
    this.effects.push({ type: "retire", guest });
    return true;
  }

  protected retire(worker: W): void {
    this.endFrom(worker, "warm", "idle", "parked");
  }

  /** Ends a process that is in one of these states. */
  protected endFrom(worker: W, ...types: WorkerState["type"][]): boolean {
    const state = this.leave(worker, ...types);
    if (state) this.end(worker, howToEnd(state));
    return state !== undefined;
  }

  protected end(worker: W, how: Ending): void {
    this.effects.push({ type: "end", worker, how });
  }

  /** At once, processes that die or do not boot would be started without end. */
  protected pause(): void {
    this.set({ pauseUntil: this.surroundings.now + this.limits.retryMs });
  }

  /** Behind all others that are in a state. */
  protected enter(worker: W, type: "warm" | "idle" | "parked" | "asking"): void {
    this.workers.delete(worker);
    this.workers.set(worker, { type, since: this.surroundings.now });
  }

  /** Takes a process out of one of these states; undefined: it is in none of them. */
  protected leave(worker: W, ...types: WorkerState["type"][]): WorkerState | undefined {
    const state = this.workers.get(worker);
    if (state === undefined || !types.includes(state.type)) return undefined;
    this.workers.delete(worker);
    return state;
  }

  protected forgetWaiter({ id }: Waiter): void {
    this.set({ waiters: this.state.waiters.filter((waiter) => waiter.id !== id) });
  }

  protected forgetGuest(guest: Guest): void {
    this.set({ guests: this.state.guests.filter((other) => other !== guest) });
  }

  protected set(change: Partial<PoolState<W>>): void {
    this.state = { ...this.state, ...change };
  }
}
