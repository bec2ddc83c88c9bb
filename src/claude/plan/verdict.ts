import type { PlanLimits } from "../../core/backend.ts";
import { ApiError } from "../../core/error.ts";
import { limitName } from "../../core/plan-windows.ts";
import { binds, current } from "./limits.ts";

export type GuardSettings = {
  /** Whether requests may draw on usage that is paid beside the plan. */
  readonly allowExtraUsage: boolean;
  /** So long a request waits for a reset rather than be refused, in seconds. */
  readonly holdSeconds: number;
  /** By window, the part of it that may be used, from 0 to 1; the rest is kept. */
  readonly budget: Readonly<Record<string, number>>;
  /** Once in so many seconds a request is let through to see whether a refusal still stands. */
  readonly probeSeconds: number;
};

export type GuardState = {
  readonly limits: PlanLimits;
  /** Why Anthropic does not take the login, as long as it is not known to be another. */
  readonly loginRefused: ApiError | undefined;
  /** When a request last showed, or was let through to show, that a refusal stands; seconds since the epoch. */
  readonly probedAt: number | undefined;
};

export type Verdict =
  | { readonly type: "pass" }
  /** It would be refused, and goes on to see whether that still holds. */
  | { readonly type: "probe" }
  | { readonly type: "hold"; readonly until: number; readonly error: ApiError }
  | { readonly type: "refuse"; readonly error: ApiError };

/** What becomes of a request for `model`, an id of the API's. Pure; `now` in seconds since the epoch. */
export function judge(state: GuardState, model: string, now: number, settings: GuardSettings): Verdict {
  const isProbe = state.probedAt === undefined || now - state.probedAt >= settings.probeSeconds;
  if (state.loginRefused) return isProbe ? { type: "probe" } : { type: "refuse", error: state.loginRefused };
  const limits = current(state.limits, now);
  // Nothing is tried against money, or the user's own budget: a request that went through would be what was not wanted.
  const kept = spending(limits, model, now, settings) ?? overBudget(limits, now, settings);
  if (kept) return holdOr(kept, now, settings);
  const reached = limitReached(limits, model);
  if (reached === undefined) return { type: "pass" };
  return isProbe ? { type: "probe" } : holdOr(planLimitError(reached, now), now, settings);
}

/** The limit that keeps this model from answering, the one that does so longest. */
export function limitReached({ rejections }: PlanLimits, model: string): PlanLimits["rejections"][number] | undefined {
  return rejections.filter((rejection) => binds(rejection, model)).toSorted(byReset)[0];
}

const byReset = (one: { resetsAt: number }, other: { resetsAt: number }) => other.resetsAt - one.resetsAt;

function holdOr(error: ApiError, now: number, { holdSeconds }: GuardSettings): Verdict {
  const { resetsAt } = error;
  if (resetsAt !== undefined && resetsAt - now <= holdSeconds) return { type: "hold", until: resetsAt, error };
  return { type: "refuse", error };
}

/** A limit of the plan that is reached, as an error that says until when. */
export function planLimitError(
  { type, resetsAt }: { readonly type: string | undefined; readonly resetsAt: number },
  now: number,
  upstreamStatus?: number,
): ApiError {
  const message = `The ${limitName(type ?? "usage")} limit of your Claude plan is reached. It resets at ${isoTime(resetsAt)}.`;
  return limitError(message, resetsAt, now, upstreamStatus);
}

function spending(
  { overage }: PlanLimits,
  model: string,
  now: number,
  { allowExtraUsage }: GuardSettings,
): ApiError | undefined {
  if (overage === undefined || allowExtraUsage || !binds(overage, model)) return undefined;
  const message =
    `The ${limitName(overage.type ?? "usage")} limit of your Claude plan is reached, and the last answers were paid for as extra usage. ` +
    `Requests are refused until ${isoTime(overage.resetsAt)}; --allow-extra-usage lets them spend on.`;
  return limitError(message, overage.resetsAt, now);
}

function overBudget({ windows }: PlanLimits, now: number, { budget }: GuardSettings): ApiError | undefined {
  const over = Object.entries(budget).flatMap(([name, part]) => {
    const window = windows[name];
    return window !== undefined && window.utilization >= part ? [{ name, part, ...window }] : [];
  });
  const longest = over.toSorted(byReset)[0];
  if (longest === undefined) return undefined;
  const { name, part, utilization, resetsAt } = longest;
  const message =
    `${percent(utilization)} of your Claude plan's ${limitName(name)} limit is used, and --budget ${name}=${percent(part)} keeps the rest. ` +
    `It resets at ${isoTime(resetsAt)}.`;
  return limitError(message, resetsAt, now);
}

function limitError(message: string, resetsAt: number, now: number, upstreamStatus?: number): ApiError {
  const retryAfterSeconds = Math.max(1, Math.ceil(resetsAt - now));
  return new ApiError("plan_limit_reached", message, { resetsAt, retryAfterSeconds, upstreamStatus });
}

export function percent(part: number): string {
  return `${Math.round(part * 100)}%`;
}

/** A time in seconds since the epoch, for people; the number itself when it is beyond all calendars. */
export function isoTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString();
}
