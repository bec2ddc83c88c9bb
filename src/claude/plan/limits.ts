import type { LimitWindow, PlanLimits } from "../../core/backend.ts";
import type { RateLimitMessage } from "../protocol/messages.ts";

/** What the CLI says of the plan's limits, as the API's response headers gave it. */
export type RateLimitInfo = RateLimitMessage["rate_limit_info"];

export const NO_LIMITS: PlanLimits = { windows: {}, rejections: [] };

/** Until when paid usage counts as in use, where the API does not say when the plan's own begins again. */
const UNKNOWN_RESET_S = 3600;

/** The limits after the CLI said this of an answer of `model`'s, which is an id of the API's. Times are seconds since the epoch. */
export function withReport(limits: PlanLimits, info: RateLimitInfo, model: string, now: number): PlanLimits {
  const [type, resetsAt] = [info.rateLimitType ?? undefined, info.resetsAt ?? undefined];
  const windows: Record<string, LimitWindow> = { ...limits.windows };
  for (const [name, told] of Object.entries(info.unifiedWindows ?? {})) {
    windows[name] = {
      utilization: told.utilization,
      resetsAt: told.resetsAt,
      status: told.status ?? undefined,
      surpassedThreshold: told.surpassedThreshold ?? undefined,
      seenAt: now,
    };
  }
  const extraUsage = {
    status: info.overageStatus ?? undefined,
    resetsAt: info.overageResetsAt ?? undefined,
    disabledReason: info.overageDisabledReason ?? undefined,
  };
  const seen = { ...limits, windows, extraUsage, seenAt: now, status: info.status };
  const claimed = { ...seen, ...(type && { claim: type }), ...(resetsAt && { resetsAt }) };
  // Weekly limits that hold for some models beside the one for all.
  const family = type?.startsWith("seven_day_") ? { model: familyIn(type, model) } : {};
  if (info.isUsingOverage) {
    const since = limits.overage?.since ?? now;
    return { ...claimed, overage: { type, since, resetsAt: resetsAt ?? now + UNKNOWN_RESET_S, ...family } };
  }
  // What names no reset is a limit of the moment.
  if (info.status === "rejected" && resetsAt !== undefined && resetsAt > now) {
    const rejection = { type: type ?? "usage", resetsAt, ...family };
    const isOther = (known: typeof rejection) => known.type !== rejection.type || known.model !== rejection.model;
    return { ...claimed, rejections: [...limits.rejections.filter(isOther), rejection] };
  }
  if (info.status === "rejected") return claimed;
  const isOthers = limits.overage !== undefined && !binds(limits.overage, model);
  return withAnswer({ ...claimed, overage: isOthers ? limits.overage : undefined }, model);
}

/** The limits after `model` has answered from the plan: what would have kept it from that is over. The CLI says only what changes. */
export function withAnswer(limits: PlanLimits, model: string): PlanLimits {
  return { ...limits, rejections: limits.rejections.filter((rejection) => !binds(rejection, model)) };
}

/** What is still true of them: windows and limits end at their time. */
export function current(limits: PlanLimits, now: number): PlanLimits {
  const { overage } = limits;
  return {
    ...limits,
    windows: Object.fromEntries(Object.entries(limits.windows).filter(([, { resetsAt }]) => resetsAt > now)),
    rejections: limits.rejections.filter(({ resetsAt }) => resetsAt > now),
    overage: overage !== undefined && overage.resetsAt > now ? overage : undefined,
  };
}

/** Whether a limit that is reached keeps this model from answering: one of the plan's does for all, one of a model's for that family. */
export function binds({ model: family }: { readonly model?: string | undefined }, model: string): boolean {
  return family === undefined || model.includes(family);
}

/** `seven_day_opus` names its family. That of `seven_day_overage_included` is whose answer told of it. */
function familyIn(type: string, model: string): string {
  const named = type.slice("seven_day_".length);
  return named === "overage_included" ? (/^claude-([a-z]+)/.exec(model)?.[1] ?? model) : named;
}

/** The parts of a window at whose passing it is warned of. */
const WARN_AT = [0.95, 0.9, 0.75];
/** A window's reset is told a second sooner or later; the next window's is hours away. */
const SAME_WINDOW_S = 1800;

/** By window, the highest part that was warned of, and when that window ends. */
export type Warned = Readonly<Record<string, { readonly part: number; readonly resetsAt: number }>>;

type Warning = { readonly window: string; readonly utilization: number; readonly resetsAt: number };

/** Of which windows to warn that have come to these parts, for each part once: only of the highest where several were passed. Pure. */
export function warningsOf(
  { windows }: Pick<PlanLimits, "windows">,
  before: Warned,
): { readonly warnings: readonly Warning[]; readonly warned: Warned } {
  const warned: Record<string, Warned[string]> = { ...before };
  const warnings: Warning[] = [];
  for (const [window, { utilization, resetsAt }] of Object.entries(windows)) {
    const part = WARN_AT.find((threshold) => utilization >= threshold);
    const last = before[window];
    const isSame = last !== undefined && resetsAt < last.resetsAt + SAME_WINDOW_S;
    if (part === undefined || (isSame && part <= last.part)) continue;
    warned[window] = { part, resetsAt };
    warnings.push({ window, utilization, resetsAt });
  }
  return { warnings, warned };
}
