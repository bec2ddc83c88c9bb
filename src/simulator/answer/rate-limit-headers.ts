const FIVE_HOURS = 5 * 60 * 60;
const SEVEN_DAYS = 7 * 24 * 60 * 60;

type Values = Readonly<Record<string, string>>;

type PlanWindow = {
  /** The part that is used; beyond 1 it is rejected. */
  readonly used: number;
  readonly resetsInSeconds?: number;
};

/** The state of a plan, as its answers tell it. What is left out is unused. */
export type PlanState = {
  readonly fiveHour?: PlanWindow;
  readonly sevenDay?: PlanWindow;
  /** The week of the models that have a limit of their own; told only where it is set. */
  readonly sevenDayOfModel?: PlanWindow;
  /** `rejected`: there is no extra usage. `in-use`: it pays for what the plan does not. */
  readonly overage?: "rejected" | "allowed" | "in-use";
};

const WARNS_FROM = 0.9;

/**
 * What every answer to a subscription's login tells of its limits, by names that others wrote down from answers of the API: nothing of
 * it is used up, and there is no extra usage.
 */
export function planHeaders(headers: Headers, plan: PlanState = {}): Values {
  return headers.get("authorization")?.startsWith("Bearer ") ? planHeadersOf(plan) : {};
}

/** What an answer tells of a plan in this state. */
export function planHeadersOf({
  fiveHour = { used: 0 },
  sevenDay = { used: 0 },
  sevenDayOfModel,
  overage = "rejected",
}: PlanState): Values {
  const windows = [
    { claim: "five_hour", short: "5h", resetsInSeconds: FIVE_HOURS, ...fiveHour },
    { claim: "seven_day", short: "7d", resetsInSeconds: SEVEN_DAYS, ...sevenDay },
    ...(sevenDayOfModel
      ? [{ claim: "seven_day_overage_included", short: "7d_oi", resetsInSeconds: SEVEN_DAYS, ...sevenDayOfModel }]
      : []),
  ].map((window) => ({ ...window, status: statusAt(window.used), reset: secondsFromNow(window.resetsInSeconds) }));
  const most = windows.reduce((one, other) => (other.used > one.used ? other : one));
  return prefixed({
    status: most.status,
    reset: most.reset,
    "representative-claim": most.claim,
    "fallback-percentage": "0.5",
    ...Object.fromEntries(
      windows.flatMap(({ short, status, reset, used }) => [
        [`${short}-status`, status],
        [`${short}-reset`, reset],
        [`${short}-utilization`, used === 0 ? "0.0" : String(used)],
        ...(status === "allowed_warning" ? [[`${short}-surpassed-threshold`, String(WARNS_FROM)]] : []),
      ]),
    ),
    ...(overage === "rejected"
      ? { "overage-status": "rejected", "overage-disabled-reason": "org_level_disabled" }
      : { "overage-status": "allowed", "overage-reset": secondsFromNow(30 * 24 * 60 * 60) }),
    ...(overage === "in-use" && { "overage-in-use": "true" }),
  });
}

function statusAt(used: number): string {
  if (used >= 1) return "rejected";
  return used >= WARNS_FROM ? "allowed_warning" : "allowed";
}

/** The same when a limit is used up. `claim` is the API's name of it. */
export function usedUpHeaders(claim: string, resetsInSeconds: number): Values {
  const window = { five_hour: "5h", seven_day: "7d" }[claim];
  const reset = secondsFromNow(resetsInSeconds);
  const used = window && {
    [`${window}-status`]: "rejected",
    [`${window}-reset`]: reset,
    [`${window}-utilization`]: "1.0",
  };
  return prefixed({ status: "rejected", reset, "representative-claim": claim, ...used });
}

function prefixed(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`anthropic-ratelimit-unified-${name}`, value]),
  );
}

function secondsFromNow(seconds: number): string {
  return String(Math.floor(Date.now() / 1000) + seconds);
}
