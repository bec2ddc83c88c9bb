import type { PlanLimits } from "../../core/backend.ts";

/** The parts of a window at whose passing it is warned of. */
const WARN_AT = [0.95, 0.9, 0.75];
/** A window's reset is told a second sooner or later; the next window's is hours away. */
const SAME_WINDOW_S = 1800;

/** By window, the highest part that was warned of, and when that window ends. */
export type Warned = Readonly<Record<string, { readonly part: number; readonly resetsAt: number }>>;

export type Warning = { readonly window: string; readonly utilization: number; readonly resetsAt: number };

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
