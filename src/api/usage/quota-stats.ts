import type { PlanLimit, UsageFigures } from "../../core/usage.ts";

const PERIOD_MS = 30 * 24 * 60 * 60 * 1000;

export type QuotaStatsSources = { readonly figures: UsageFigures; readonly limits: readonly PlanLimit[] };

/**
 * What `GET /v1/quota-stats` answers: the form that LLM-API-Key-Proxy came up with and menu-bar programs read (CodexBar's provider
 * "LLM Proxy", docs/llm-proxy.md there), for one login and the last 30 days. `quota_groups` may be a list or keyed by name; some take
 * a list alone. Whatever is not known is left out.
 */
export function quotaStats({ figures, limits }: QuotaStatsSources, now: number) {
  const [total] = figures.totals({ from: now - PERIOD_MS, to: now + 1 });
  const isExhausted = limits.some(({ status, utilization = 0 }) => status === "rejected" || utilization >= 1);
  const { requests = 0, inputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0, outputTokens = 0 } = total ?? {};
  const uncached = inputTokens + cacheWriteTokens;
  const cost = total?.costUsd == null ? {} : { approx_cost: total.costUsd };
  return {
    providers: {
      anthropic: {
        credential_count: 1,
        active_count: isExhausted ? 0 : 1,
        exhausted_count: isExhausted ? 1 : 0,
        total_requests: requests,
        tokens: { input_cached: cacheReadTokens, input_uncached: uncached, output: outputTokens },
        ...cost,
        quota_groups: limits.map(({ window, utilization, resetsAt }) => ({
          name: window,
          ...(utilization !== undefined && { remaining_percent: remaining(utilization) }),
          ...(resetsAt !== undefined && { reset_time: new Date(resetsAt).toISOString() }),
        })),
      },
    },
    summary: { total_requests: requests, total_tokens: cacheReadTokens + uncached + outputTokens, ...cost },
    timestamp: now / 1000,
  };
}

function remaining(utilization: number): number {
  return Math.max(0, Math.round(1000 * (1 - utilization)) / 10);
}
