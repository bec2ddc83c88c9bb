import type { Dialect, Fault, Served, TurnRecord } from "../core/turn-record.ts";

/** A turn as its row in the usage log has it. */
export type TurnRow = Readonly<
  Record<"at" | "input" | "cache_read" | "cache_write" | "output" | "reasoning" | "searches" | "total", number> &
    Record<"waited" | "first" | "cost" | "extra_usage", number | null> &
    Record<"client" | "model", string> &
    Record<"key" | "answered", string | null>
> & {
  readonly dialect: Dialect;
  readonly outcome: TurnRecord["outcome"];
  readonly fault: Fault | null;
  readonly served: Served | null;
};

export function turnOf(row: TurnRow): TurnRecord {
  const { dialect, client, key } = row;
  return {
    at: row.at,
    caller: { dialect, client, key: key ?? undefined },
    model: row.model,
    answered: row.answered ?? undefined,
    inputTokens: row.input,
    cacheReadTokens: row.cache_read,
    cacheWriteTokens: row.cache_write,
    outputTokens: row.output,
    reasoningTokens: row.reasoning,
    searches: row.searches,
    outcome: row.outcome,
    fault: row.fault ?? undefined,
    waitedMs: row.waited ?? undefined,
    firstTokenMs: row.first ?? undefined,
    totalMs: row.total,
    served: row.served ?? undefined,
    costUsd: row.cost ?? undefined,
    isExtraUsage: row.extra_usage === null ? undefined : row.extra_usage === 1,
  };
}
