import type { Demand } from "./choice.ts";
import {
  type Conditions,
  ownerOf,
  type PoolLimits,
  type PoolState,
  type PoolWorker,
  restingOf,
  totalOf,
  type WorkerState,
  workersIn,
} from "./pool-state.ts";
import { isLight } from "./transcript.ts";

/** New processes take CPU time from requests that wait for their first token; so long they are put off, at the most. */
const PUT_OFF_MS = 1_000;
/** A process that is not up by then, usually after half a second, may never be: another is started beside it. */
const LATE_MS = 5_000;
/** How soon it is forgotten how many processes were needed at once: half of it in this time. */
const HALF_LIFE_MS = 5 * 60_000;

/** Processes on their way that are for whoever comes first. */
export function startingForAnyone<W>({ workers }: Pick<PoolState<W>, "workers">): WorkerState[] {
  return [...workers.values()].filter(
    (state) => state.type === "preparing" || (state.type === "booting" && ownerOf(state) === undefined),
  );
}

/** How many processes a request leaves to others, when `waiting` wait with it. It takes any where not each of these can have one started. */
export function leavesOf<W>(
  { leaves }: Demand,
  waiting: number,
  state: PoolState<W>,
  { maxWorkers }: PoolLimits,
  { hasRoom }: Conditions,
): number | undefined {
  const missing = waiting - startingForAnyone(state).length;
  return missing <= 0 || (totalOf(state) + missing <= maxWorkers && hasRoom()) ? leaves : undefined;
}

/** What may be ended for a guest. `mustBe`: whatever rests. `isWorthIdle`: an idle process, if there is memory. */
export type GuestWorth = { readonly mustBe: boolean; readonly isWorthIdle?: boolean };

export function hasRoomForGuest<W>(
  { mustBe, isWorthIdle = false }: GuestWorth,
  state: PoolState<W>,
  { maxWorkers }: PoolLimits,
  { hasRoom }: Conditions,
): boolean {
  const isFree = () => totalOf(state) < maxWorkers || (isWorthIdle && workersIn(state, "idle").length > 0);
  return mustBe || (hasRoom() && isFree());
}

/** Whether somebody waits for a process that is not yet on its way. */
export function isShort<W>(
  state: PoolState<W>,
  { maxStarting, lateMs = LATE_MS }: PoolLimits,
  { now }: Conditions,
): boolean {
  const { waiters } = state;
  const demands = waiters.flatMap(({ demand }) => demand ?? []);
  const isInTime = (worker: WorkerState) => worker.type !== "booting" || worker.since + lateMs > now;
  // Whoever waits until any is up needs one that boots, whoever it is for.
  const booting = [...state.workers.values()].filter(({ type }) => type === "booting");
  if (demands.length < waiters.length && !booting.some(isInTime) && booting.length < 2) return true;
  const starting = startingForAnyone(state);
  const inTime = starting.filter(isInTime);
  // A batch leaves a processor to whoever comes meanwhile.
  const most = demands.every(isOfBatch) ? Math.max(1, maxStarting - 1) : maxStarting;
  const wanted = Math.min(demands.length, most);
  // A start that fails at once tells nobody who still has a late one to wait for: the next beside that comes after the pause.
  const isPaused = now < state.pauseUntil && starting.length >= wanted;
  return inTime.length < wanted && starting.length < 2 * wanted && !isPaused;
}

/** Others come before it. */
export function isOfBatch({ leaves }: Demand): boolean {
  return leaves !== undefined;
}

/** Whether a process should be started that nobody waits for. */
export function lacksSpares<W extends PoolWorker>(
  state: PoolState<W>,
  { warm, maxWorkers }: PoolLimits,
  conditions: Conditions,
): boolean {
  const { now, hasRoom } = conditions;
  if (warm === 0 || state.waiters.length > 0 || now < state.pauseUntil) return false;
  const isPuttingOff = (worker: WorkerState) => worker.type === "asking" && worker.since + PUT_OFF_MS > now;
  if ([...state.workers.values()].some(isPuttingOff)) return false;
  const total = totalOf(state);
  // One is always had, or nothing would ever be ready.
  if (total >= maxWorkers || (total > 0 && !hasRoom())) return false;
  const resting = restingOf(state);
  const spares = startingForAnyone(state).length + resting.warm.length;
  const light = resting.idle.filter(({ transcript }) => isLight(transcript)).length;
  return spares < warm || spares + light + running(state) < Math.floor(peakOf(state, conditions));
}

/** How many requests ran at once, of late, when one more is asked. */
export function peakWithOneMore<W>(state: PoolState<W>, conditions: Conditions): number {
  const waiting = state.waiters.filter(({ demand }) => demand !== undefined).length;
  return Math.max(peakOf(state, conditions), running(state) + waiting + 1);
}

function peakOf<W>({ peak }: PoolState<W>, { now }: Conditions): number {
  return peak.count * 0.5 ** ((now - peak.at) / HALF_LIFE_MS);
}

function running<W>(state: PoolState<W>): number {
  return workersIn(state, "asking", "answering").length;
}

/** Those that have rested too long. */
export function dueOf<W>({ workers }: PoolState<W>, limits: PoolLimits, { now }: Conditions): W[] {
  return [...workers].flatMap(([worker, state]) => (restsUntil(state, limits) <= now ? [worker] : []));
}

/** Infinite for one that does not rest. */
function restsUntil({ type, since }: WorkerState, { idleTimeoutMs, parkTimeoutMs }: PoolLimits): number {
  if (type === "parked") return since + parkTimeoutMs;
  return type === "idle" || type === "warm" ? since + idleTimeoutMs : Number.POSITIVE_INFINITY;
}

/** The idle process whose loss costs least: one with a short conversation, else the one that rests longest. */
export function idleToEnd<W extends PoolWorker>(state: PoolState<W>): W | undefined {
  const idle = workersIn(state, "idle");
  return idle.find(({ transcript }) => isLight(transcript)) ?? idle[0];
}

/** Whether a process that is given back is to be ended. */
export function isSpent({ alive, isWorn, openCalls, profile, transcript }: PoolWorker): boolean {
  // What was started with a conversation, and given up before it was asked, fits no other request.
  const isUnused = profile === undefined && transcript.length > 0;
  return !alive || isUnused || (isWorn && openCalls.size === 0 && isLight(transcript));
}

/** When the pool is to be told of the time, if nothing else happens before. */
export function nextTick<W>(state: PoolState<W>, limits: PoolLimits, { now }: Conditions): number | undefined {
  const times = [...state.workers.values()].map((worker) => {
    if (worker.type === "booting") return worker.since + (limits.lateMs ?? LATE_MS);
    return worker.type === "asking" ? worker.since + PUT_OFF_MS : restsUntil(worker, limits);
  });
  const next = Math.min(...[...times, state.pauseUntil].filter((time) => time > now));
  return Number.isFinite(next) ? next : undefined;
}
