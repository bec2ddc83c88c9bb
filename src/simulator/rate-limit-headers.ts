const FIVE_HOURS = 5 * 60 * 60;
const SEVEN_DAYS = 7 * 24 * 60 * 60;

type Values = Readonly<Record<string, string>>;

/**
 * What every answer to a subscription's login tells of its limits, by names that others wrote down from answers of the API: nothing of
 * it is used up, and there is no extra usage.
 */
export function planHeaders(headers: Headers): Values {
  if (!headers.get("authorization")?.startsWith("Bearer ")) return {};
  return prefixed({
    status: "allowed",
    reset: secondsFromNow(FIVE_HOURS),
    "representative-claim": "five_hour",
    "fallback-percentage": "0.5",
    "5h-status": "allowed",
    "5h-reset": secondsFromNow(FIVE_HOURS),
    "5h-utilization": "0.0",
    "7d-status": "allowed",
    "7d-reset": secondsFromNow(SEVEN_DAYS),
    "7d-utilization": "0.0",
    "overage-status": "rejected",
    "overage-disabled-reason": "org_level_disabled",
  });
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
