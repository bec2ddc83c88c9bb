import { Elysia } from "elysia";
import { invalid } from "../../core/error.ts";
import {
  type PlanLimit,
  type RunningTurn,
  USAGE_GROUPS,
  type UsageFigures,
  type UsageQuery,
  type UsageSources,
  usageReport,
} from "../../core/usage.ts";

type UsageRoutesOptions = {
  readonly figures: UsageFigures;
  readonly running: () => readonly RunningTurn[];
  /** The plan's limits as they were told last; absent: nobody keeps them. */
  readonly limits?: (() => readonly PlanLimit[]) | undefined;
  readonly plan?: (() => UsageSources["plan"]) | undefined;
  /** Has the plan's limits told anew, where they are old; resolves soon in any case. */
  readonly look?: () => Promise<void>;
  /** What Prometheus is told, in its text or as OpenMetrics. */
  readonly scrape: (isOpenMetrics: boolean) => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly now?: () => number;
};

const DAY_MS = 24 * 60 * 60 * 1000;
const PARAMETERS = ["from", "to", "by"];

const TIME = "a date (2030-01-31) or a time (2030-01-31T12:00:00Z)";

/** GET /v1/usage: what was used, by whom, and what runs. The same for Prometheus by GET /metrics, for menu bars by GET /v1/quota-stats. */
export function usageRoutes(options: UsageRoutesOptions) {
  const {
    figures,
    running,
    limits = () => [],
    plan = () => undefined,
    look = async () => {},
    scrape,
    now = Date.now,
  } = options;
  return new Elysia({ name: "usage" })
    .get(
      "/v1/usage",
      async ({ request }) => {
        const query = readQuery(new URL(request.url).searchParams, now());
        await look();
        return Response.json(
          usageReport({ figures, running: running(), limits: limits(), plan: plan() }, query, now()),
        );
      },
      {
        detail: {
          summary: "What was used: requests and tokens, by model, by program or by day, and what runs",
          description:
            "Counts, never content. `totals` has an entry for each model, key or program, or day, and one named `all` without `by`.",
          tags: ["Server"],
          parameters: [
            query("from", `The first moment: ${TIME}. Default: a day before \`to\`.`, { type: "string" }),
            query("to", `The moment after the last: ${TIME}. Default: now.`, { type: "string" }),
            query("by", "What is told apart.", { type: "string", enum: [...USAGE_GROUPS] }),
          ],
        },
      },
    )
    .get(
      "/v1/quota-stats",
      async () => {
        await look();
        return Response.json(quotaStats({ figures, limits: limits() }, now()));
      },
      {
        detail: {
          summary: "The same of 30 days in the form that menu-bar programs read, such as CodexBar",
          tags: ["Server"],
        },
      },
    )
    .get(
      "/metrics",
      async ({ request }) => {
        const isOpenMetrics = request.headers.get("accept")?.includes("application/openmetrics-text") === true;
        const { contentType, text } = await scrape(isOpenMetrics);
        return new Response(text, { headers: { "content-type": contentType } });
      },
      {
        detail: {
          summary: "What was used and what runs, for Prometheus",
          tags: ["Server"],
          responses: { "200": { description: "Metrics.", content: { "text/plain": { schema: { type: "string" } } } } },
        },
      },
    );
}

function query(name: string, description: string, schema: object) {
  return { name, in: "query" as const, description, schema };
}

/** Throws an ApiError that names the parameter. */
function readQuery(given: URLSearchParams, now: number): UsageQuery {
  const unknown = [...given.keys()].find((name) => !PARAMETERS.includes(name) && !/key$/.test(name));
  if (unknown !== undefined) {
    const name = unknown.slice(0, 100);
    throw invalid(name, `Unknown parameter '${name}': expected ${PARAMETERS.join(", ")}.`);
  }
  const to = readTime(given.get("to"), "to") ?? now;
  const from = readTime(given.get("from"), "from") ?? to - DAY_MS;
  if (from > to) throw invalid("from", "Invalid value for 'from': expected a time before 'to'.");
  const asked = given.get("by") ?? undefined;
  const by = USAGE_GROUPS.find((group) => group === asked);
  if (asked !== by) {
    const got = JSON.stringify(asked?.slice(0, 100));
    throw invalid("by", `Invalid value for 'by': expected one of ${USAGE_GROUPS.join(", ")}, but got ${got}.`);
  }
  return { from, to, by };
}

function readTime(text: string | null, name: string): number | undefined {
  if (text === null) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(time)) return time;
  throw invalid(name, `Invalid value for '${name}': expected ${TIME}, but got ${JSON.stringify(text.slice(0, 100))}.`);
}

const PERIOD_MS = 30 * 24 * 60 * 60 * 1000;

type QuotaStatsSources = { readonly figures: UsageFigures; readonly limits: readonly PlanLimit[] };

/**
 * What `GET /v1/quota-stats` answers: the form that LLM-API-Key-Proxy came up with and menu-bar programs read (CodexBar's provider
 * "LLM Proxy", docs/llm-proxy.md there), for one login and the last 30 days. `quota_groups` may be a list or keyed by name; some take
 * a list alone. Whatever is not known is left out.
 */
function quotaStats({ figures, limits }: QuotaStatsSources, now: number) {
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
