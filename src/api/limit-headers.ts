import type { PlanLimits } from "../core/backend.ts";

/** How the API's headers call the windows. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  five_hour: "5h",
  seven_day: "7d",
  seven_day_overage_included: "7d_oi",
};
const PREFIX = "anthropic-ratelimit-unified-";

/**
 * The plan's limits under the names of Anthropic's own headers, as last seen: those of a stream go out before its turn tells of them. There
 * is nothing for OpenAI's `x-ratelimit-*`: these count requests and tokens, and the plan tells parts only.
 */
export function limitHeaders({
  status,
  claim,
  resetsAt,
  windows,
  overage,
  extraUsage,
}: PlanLimits): [string, string][] {
  const headers: [string, string | number | undefined][] = [
    ["status", status],
    ["representative-claim", claim],
    ["reset", resetsAt],
    ["overage-status", extraUsage?.status],
    ["overage-reset", extraUsage?.resetsAt],
    ["overage-disabled-reason", extraUsage?.disabledReason],
    ["overage-in-use", overage && "true"],
  ];
  for (const [name, window] of Object.entries(windows)) {
    const short = SHORT_NAMES[name];
    if (short === undefined) continue;
    headers.push([`${short}-utilization`, window.utilization], [`${short}-reset`, window.resetsAt]);
    headers.push([`${short}-status`, window.status], [`${short}-surpassed-threshold`, window.surpassedThreshold]);
  }
  const known = headers.flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[`${PREFIX}${name}`, String(value)]],
  );
  // Ours, for programs that know nothing of Anthropic's: money beside the plan is being spent.
  return overage ? [...known, ["x-claude-max-api-extra-usage", "in-use"]] : known;
}
