import type { ProcessState } from "../../core/backend.ts";
import type { ApiError } from "../../core/error.ts";
import type { Choice, Demand, ProcessView, Resting } from "./choice.ts";
import type { Worker } from "./worker.ts";

/**
 * What a process of the pool is doing. Each is in one state, until it is ended and gone from here.
 *
 * ```
 *   (start) -> booting --> preparing --> warm      nobody has asked it
 *                 |            |           |
 *                 |            v           v
 *                 |          (end)      asking ---> answering     a request has it
 *                 |                      ^  |            |
 *                 +----- own waiter -----+  v            v
 *                                        idle | parked <-+        it remembers a conversation
 * ```
 *
 * Whatever is in no turn may be ended for another's room, for age, or because it is not needed.
 */
export type WorkerState =
  /** `own`: it was started for this one alone. */
  | { readonly type: "booting"; readonly since: number; readonly own?: Waiter }
  /**
   * `preparing`: up, and being made ready. `asking`: a request has it, and no word of the model yet. `parked`: in the middle of a turn, it
   * waits for the results of calls.
   */
  | { readonly type: "preparing" | "warm" | "asking" | "answering" | "idle" | "parked"; readonly since: number };

export type PoolWorker = ProcessView & Pick<Worker, "alive" | "isWorn">;

/** A process that is none of the pool's, but takes room like them. */
export type Guest = {
  /** Whether it could be ended without harm. */
  readonly isResting: boolean;
  /** Ends it: its room is needed, and is its own no more. */
  retire(): void;
};

/** Who waits for a process. */
export type Waiter = {
  readonly id: number;
  /** Undefined: waits until any is up. */
  readonly demand: Demand | undefined;
  /** Whether one that was started for it did not come up: another is tried before it is told. */
  readonly hasFailed?: boolean;
};

export type PoolState<W> = {
  /** Those that came to their state first come first. */
  readonly workers: ReadonlyMap<W, WorkerState>;
  /** Those who take the first that can serve them, the one who waits longest first. */
  readonly waiters: readonly Waiter[];
  readonly guests: readonly Guest[];
  /** What was asked last: the next request will probably ask for the same. */
  readonly latest: Demand | undefined;
  /** How many requests ran at once, of late: it halves every few minutes. */
  readonly peak: { readonly count: number; readonly at: number };
  /** Why the latest start failed, as long as none has succeeded since. */
  readonly problem: ApiError | undefined;
  /** Until then no process is started that nobody waits for. */
  readonly pauseUntil: number;
  readonly isClosed: boolean;
};

/** A choice of a process that is there. */
export type Served<W> = Extract<Choice<W>, { readonly worker: W }>;

export type PoolEvent<W> =
  /** `choice`: how it is served; absent: by the first process that can serve it. */
  | { readonly type: "asked"; readonly waiter: Waiter; readonly choice?: Served<W> | undefined }
  /** A process is to be started for it alone. */
  | { readonly type: "asked-own"; readonly waiter: Waiter }
  | { readonly type: "left"; readonly waiter: Waiter }
  | { readonly type: "started"; readonly worker: W; readonly own?: Waiter | undefined }
  | { readonly type: "start-failed"; readonly problem: unknown; readonly own?: Waiter | undefined }
  /** `borrowed`: one that is warm does something beside, and is prepared again. */
  | { readonly type: "booted" | "prepared" | "unprepared" | "borrowed"; readonly worker: W }
  | { readonly type: "boot-failed"; readonly worker: W; readonly problem: ApiError }
  | { readonly type: "answering" | "released" | "discarded" | "exited"; readonly worker: W }
  | { readonly type: "guest-came" | "guest-left"; readonly guest: Guest }
  /** `tick`: time has passed, or something may have changed outside. */
  | { readonly type: "tick" | "reset" }
  | { readonly type: "closed"; readonly why: ApiError };

/** `abandon`: it is in the middle of a turn, and waits. */
type Ending = "close" | "abandon" | "terminate";

export type PoolEffect<W> =
  /** At most one for an event; it is followed by `started` or `start-failed`, and so by the next. */
  | { readonly type: "start"; readonly own?: Waiter; readonly model: string | undefined }
  | { readonly type: "prepare"; readonly worker: W }
  | { readonly type: "lend"; readonly waiter: Waiter; readonly choice: Served<W> }
  /** One is up, which who waits for that is told. */
  | { readonly type: "tell"; readonly waiter: Waiter }
  | { readonly type: "reject"; readonly waiter: Waiter; readonly problem: unknown }
  | { readonly type: "end"; readonly worker: W; readonly how: Ending }
  | { readonly type: "retire"; readonly guest: Guest };

export type PoolLimits = {
  /** Processes kept ready that nobody has asked yet. */
  readonly warm: number;
  /** All processes together, those that serve a request included. */
  readonly maxWorkers: number;
  /** Processes that start at the same moment: more than there are processors would only make each of them late. */
  readonly maxStarting: number;
  /** How long a process may rest before it is ended, beyond those to be kept ready. */
  readonly idleTimeoutMs: number;
  /** Processes that wait in the middle of a turn for the results of tool calls, and each for how long. */
  readonly maxParked: number;
  readonly parkTimeoutMs: number;
  /** How long after a process did not boot, or died unused, the pool fills up again by itself. */
  readonly retryMs: number;
  /** After so long a process that is not up has another started beside it. Default 5 s. */
  readonly lateMs?: number | undefined;
};

export type Conditions = {
  /** In milliseconds, of a clock that only goes forward. */
  readonly now: number;
  /** Whether the machine has the memory for one more process than is needed at the moment. */
  readonly hasRoom: () => boolean;
};

export const EMPTY_POOL: Omit<PoolState<never>, "workers"> = {
  waiters: [],
  guests: [],
  latest: undefined,
  peak: { count: 0, at: 0 },
  problem: undefined,
  pauseUntil: Number.NEGATIVE_INFINITY,
  isClosed: false,
};

export function ownerOf(state: WorkerState): Waiter | undefined {
  return state.type === "booting" ? state.own : undefined;
}

function howToEnd({ type }: WorkerState): Ending {
  if (type === "parked") return "abandon";
  return type === "warm" || type === "idle" ? "close" : "terminate";
}

export function workersIn<W>({ workers }: Pick<PoolState<W>, "workers">, ...types: WorkerState["type"][]): W[] {
  return [...workers].flatMap(([worker, { type }]) => (types.includes(type) ? [worker] : []));
}

/** What can be lent. One that broke its protocol is on its way out, and may take a moment. */
export function restingOf<W extends PoolWorker>(state: Pick<PoolState<W>, "workers">): Resting<W> {
  const of = (type: WorkerState["type"]) => workersIn(state, type).filter(({ alive }) => alive);
  return { parked: of("parked"), idle: of("idle"), warm: of("warm") };
}

/** All processes that take room. */
export function totalOf<W>({ workers, guests }: Pick<PoolState<W>, "workers" | "guests">): number {
  return workers.size + guests.length;
}

/** How many processes there are; `ready`: those that could serve a request at once. */
export function countsOf<W>(state: PoolState<W>) {
  const count = (...types: WorkerState["type"][]) => workersIn(state, ...types).length;
  return {
    starting: count("booting", "preparing"),
    ready: count("warm", "idle"),
    busy: count("asking", "answering") + state.guests.filter(({ isResting }) => !isResting).length,
    parked: count("parked"),
  };
}

const TOLD_AS: Readonly<Record<WorkerState["type"], ProcessState["state"]>> = {
  ...{ booting: "starting", preparing: "starting", warm: "ready", idle: "ready" },
  ...{ asking: "busy", answering: "busy", parked: "parked" },
};

/** Each of the pool's own, for people. */
export function processesOf<W extends PoolWorker>({ workers }: PoolState<W>, now: number): readonly ProcessState[] {
  return [...workers].map(([{ model, transcript }, { type, since }]) => ({
    ...{ state: TOLD_AS[type], model, forMs: now - since, turns: transcript.length },
  }));
}

export type PoolStep<W> = { readonly state: PoolState<W>; readonly effects: readonly PoolEffect<W>[] };

/** The next state and the effects, while they are being made: what can be done to both. */
export class Transition<W extends PoolWorker> {
  protected readonly limits: PoolLimits;
  protected readonly conditions: Conditions;
  protected readonly effects: PoolEffect<W>[] = [];
  protected readonly workers: Map<W, WorkerState>;
  protected state: PoolState<W>;

  constructor(state: PoolState<W>, limits: PoolLimits, conditions: Conditions) {
    this.limits = limits;
    this.conditions = conditions;
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
    this.set({ pauseUntil: this.conditions.now + this.limits.retryMs });
  }

  /** Behind all others that are in a state. */
  protected enter(worker: W, type: Exclude<WorkerState["type"], "booting">): void {
    this.workers.delete(worker);
    this.workers.set(worker, { type, since: this.conditions.now });
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
