import type { PlanLimits } from "./backend.ts";
import type { Fault } from "./error.ts";
import type { TurnRecord } from "./turn-record.ts";

/** By what the figures may be told apart. */
export const USAGE_GROUPS = ["model", "client", "day", "hour"] as const;
type UsageGroup = (typeof USAGE_GROUPS)[number];

export type UsageQuery = {
  /** Milliseconds since the epoch; the first is part of it, the last is not. */
  readonly from: number;
  readonly to: number;
  /** Undefined: all in one. */
  readonly by?: UsageGroup | undefined;
  /** Whose days and hours: those of a zone so many minutes east of UTC; undefined: those of the server. */
  readonly minutesEast?: number | undefined;
};

/** What several turns took together. */
export type UsageTotal = Readonly<
  Pick<
    TurnRecord,
    "inputTokens" | "cacheReadTokens" | "cacheWriteTokens" | "outputTokens" | "reasoningTokens" | "searches"
  >
> & {
  /**
   * The model that answered, the key or program that asked, or the day (`2030-01-31`) or hour (`2030-01-31T09`) in the time zone asked for;
   * `all` where nothing is told apart.
   */
  readonly name: string;
  readonly requests: number;
  /** Those that failed, by whose doing it was. */
  readonly failed: Readonly<Record<Fault, number>>;
  /** The median; null: none was answered. */
  readonly firstTokenMs: number | null;
  /** What they would have cost at list price, in US dollars, as far as the CLI told it; null: it told nothing. */
  readonly costUsd: number | null;
  /** Those that were answered, and of which the CLI told no cost. */
  readonly unpriced: number;
  /** Those that were paid for beside the plan, as extra usage. */
  readonly extraUsage: number;
};

/** A window of the plan's limits, as Anthropic told it last. */
export type PlanLimit = {
  readonly window: string;
  /** From 0 to 1. */
  readonly utilization?: number;
  readonly status?: string;
  /** In milliseconds since the epoch, both. */
  readonly resetsAt?: number;
  readonly observedAt: number;
};

/** The windows that are known, in this form. */
export function planLimitsOf({ windows }: Pick<PlanLimits, "windows">): PlanLimit[] {
  return Object.entries(windows).map(([window, { utilization, status, resetsAt, seenAt }]) => ({
    ...{ window, utilization, resetsAt: resetsAt * 1000, observedAt: seenAt * 1000 },
    ...(status !== undefined && { status }),
  }));
}

/** A turn that is being answered, or waits for that. */
export type RunningTurn = {
  /** By which it can be cancelled. */
  readonly id: string;
  readonly caller: TurnRecord["caller"];
  readonly model: string;
  readonly at: number;
  /** Whether it waits for its turn, for a process, or for the model's first word. */
  readonly state: "waiting" | "asked" | "answering";
  /** The tokens of the whole prompt; undefined until the API has told them. */
  readonly promptTokens?: number | undefined;
  /** How much of the answer has come, in characters: its tokens are told at its end. */
  readonly characters: number;
};

/** What can be asked of what was used. */
export interface UsageFigures {
  totals(query: UsageQuery): readonly UsageTotal[];
  /** The same turns told apart in several ways, in the order of these, by one look at the turns. */
  totalsBy(groups: readonly UsageQuery["by"][], range: Omit<UsageQuery, "by">): readonly (readonly UsageTotal[])[];
  /** Since when there are figures, in milliseconds since the epoch; undefined: there are none. */
  readonly since: number | undefined;
  /** The turns that ended last, the newest first. */
  recent(most: number): readonly TurnRecord[];
}

/** Raised when a field changes its meaning or goes. */
const SCHEMA_VERSION = 1;

export type UsageSources = {
  readonly figures: UsageFigures;
  readonly running?: readonly RunningTurn[];
  readonly limits?: readonly PlanLimit[];
  /** What is known of the plan beside its windows. */
  readonly plan?: Pick<PlanLimits, "overage" | "extraUsage"> | undefined;
};

/** What `GET /v1/usage` answers. */
export function usageReport(
  { figures, running = [], limits = [], plan = {} }: UsageSources,
  query: UsageQuery,
  now: number,
) {
  return {
    object: "usage",
    schemaVersion: SCHEMA_VERSION,
    observedAt: iso(now),
    from: iso(query.from),
    to: iso(query.to),
    by: query.by ?? null,
    since: isoOrNull(figures.since),
    ...planReport(plan, limits),
    totals: figures.totals(query),
    running: running.map(
      ({ id, caller: { dialect, client, key = null }, model, at, state, promptTokens = null, characters }) => ({
        ...{ id, dialect, client, key, model, state },
        startedAt: iso(at),
        ...{ promptTokens, characters },
      }),
    ),
  };
}

/**
 * What is known of the plan: its windows, whether answers are paid for beside it now, and since and until when; and the API's word on
 * whether they may be.
 */
export function planReport({ overage, extraUsage }: NonNullable<UsageSources["plan"]>, limits: readonly PlanLimit[]) {
  return {
    limits: limits.map(({ window, utilization = null, status = null, resetsAt, observedAt }) => ({
      window,
      utilization,
      status,
      resetsAt: isoOrNull(resetsAt),
      observedAt: iso(observedAt),
    })),
    extraUsage: {
      inUse: overage !== undefined,
      since: isoOrNull(overage && overage.since * 1000),
      until: isoOrNull(overage && overage.resetsAt * 1000),
      status: extraUsage?.status ?? null,
      disabledReason: extraUsage?.disabledReason ?? null,
    },
  };
}

export type UsageReport = ReturnType<typeof usageReport>;

function iso(time: number): string {
  return new Date(time).toISOString();
}

function isoOrNull(time: number | undefined): string | null {
  return time === undefined ? null : iso(time);
}
