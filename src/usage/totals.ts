import type { UsageTotal } from "../core/usage.ts";

/** What is asked of turns that share all their names, as it is called in a {@link Cell}. */
export const SUMS = [
  "count(*) AS requests",
  "sum(input) AS inputTokens",
  "sum(cache_read) AS cacheReadTokens",
  "sum(cache_write) AS cacheWriteTokens",
  "sum(output) AS outputTokens",
  "sum(reasoning) AS reasoningTokens",
  "sum(searches) AS searches",
  "sum(cost) AS costUsd",
  "sum(cost IS NULL AND fault IS NULL) AS unpriced",
  "sum(extra_usage IS 1) AS extraUsage",
  "sum(fault IS 'client') AS client",
  "sum(fault IS 'plan') AS plan",
  "sum(fault IS 'upstream') AS upstream",
  "sum(fault IS 'server') AS server",
  "group_concat(first) AS firsts",
];

/** `firsts`: when the first token came in each, with commas between; null: in none. */
export type Cell = Readonly<
  Record<`name${number}`, string> &
    Record<keyof UsageTotal["failed"], number> &
    Omit<UsageTotal, "name" | "failed" | "firstTokenMs">
> & { readonly firsts: string | null };

/** What cells of the same name take together: by the name, or else those that took most first. */
export function totalsOf(cells: readonly Cell[], index: number, isByName: boolean): UsageTotal[] {
  const totals = [...Map.groupBy(cells, (cell) => cell[`name${index}`] ?? "")].map(([name, of]) => totalOf(name, of));
  const order = (one: UsageTotal, other: UsageTotal) => (one.name < other.name ? -1 : 1);
  return totals.sort((one, other) => (isByName ? 0 : tokensOf(other) - tokensOf(one)) || order(one, other));
}

function totalOf(name: string, cells: readonly Cell[]): UsageTotal {
  const sum = (of: (cell: Cell) => number) => cells.reduce((total, cell) => total + of(cell), 0);
  const hasCost = cells.some(({ costUsd }) => costUsd !== null);
  return {
    name,
    requests: sum((cell) => cell.requests),
    failed: {
      client: sum((cell) => cell.client),
      plan: sum((cell) => cell.plan),
      upstream: sum((cell) => cell.upstream),
      server: sum((cell) => cell.server),
    },
    inputTokens: sum((cell) => cell.inputTokens),
    cacheReadTokens: sum((cell) => cell.cacheReadTokens),
    cacheWriteTokens: sum((cell) => cell.cacheWriteTokens),
    outputTokens: sum((cell) => cell.outputTokens),
    reasoningTokens: sum((cell) => cell.reasoningTokens),
    searches: sum((cell) => cell.searches),
    firstTokenMs: medianOf(cells),
    costUsd: hasCost ? Number(sum(({ costUsd }) => costUsd ?? 0).toFixed(9)) : null,
    unpriced: sum((cell) => cell.unpriced),
    extraUsage: sum((cell) => cell.extraUsage),
  };
}

/** The lower of two that are in the middle. Sorting these here takes a fraction of what windows of SQL take. */
function medianOf(cells: readonly Cell[]): number | null {
  const sorted = Float64Array.from(cells.flatMap(({ firsts }) => firsts?.split(",").map(Number) ?? [])).sort();
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

function tokensOf({ inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens }: UsageTotal): number {
  return inputTokens + cacheReadTokens + cacheWriteTokens + outputTokens;
}
