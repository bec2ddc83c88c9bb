import type { UsageTotal } from "../core/usage.ts";

/** What is asked of turns that share all their names, by the names that a {@link Row} has. */
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

/** `firsts`: when the first token of each came, with commas between; null: none came. */
export type Row = Cell<string | null>;

type Cell<Firsts> = Readonly<
  Record<`name${number}`, string> &
    Record<keyof UsageTotal["failed"], number> &
    Omit<UsageTotal, "name" | "failed" | "firstTokenMs">
> & { readonly firsts: Firsts };

/** The turns by each of so many names, which the rows have from 0 on: those that took most first. */
export function totalsOf(rows: readonly Row[], names: number): UsageTotal[][] {
  // An array of numbers is made at once: of texts it would be as much again for each.
  const cells = rows.map(
    (row): Cell<Uint32Array> => ({ ...row, firsts: Uint32Array.from(JSON.parse(`[${row.firsts ?? ""}]`)) }),
  );
  return Array.from({ length: names }, (_, index) =>
    [...Map.groupBy(cells, (cell) => cell[`name${index}`] ?? "")]
      .map(([name, of]) => totalOf(name, of))
      .sort((one, other) => tokensOf(other) - tokensOf(one) || byName(one, other)),
  );
}

export function byName(one: UsageTotal, other: UsageTotal): number {
  return one.name < other.name ? -1 : 1;
}

function totalOf(name: string, cells: readonly Cell<Uint32Array>[]): UsageTotal {
  const sum = (of: (cell: (typeof cells)[number]) => number) => cells.reduce((total, cell) => total + of(cell), 0);
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
    firstTokenMs: medianOf(cells.map(({ firsts }) => firsts)),
    costUsd: hasCost ? Number(sum(({ costUsd }) => costUsd ?? 0).toFixed(9)) : null,
    unpriced: sum((cell) => cell.unpriced),
    extraUsage: sum((cell) => cell.extraUsage),
  };
}

/** The lower of two that are in the middle. Found here it takes a third of what SQL's windows take. */
function medianOf(lists: readonly Uint32Array[]): number | null {
  const all = new Uint32Array(lists.reduce((length, list) => length + list.length, 0));
  let end = 0;
  for (const list of lists) {
    all.set(list, end);
    end += list.length;
  }
  return all.sort()[Math.floor((end - 1) / 2)] ?? null;
}

function tokensOf({ inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens }: UsageTotal): number {
  return inputTokens + cacheReadTokens + cacheWriteTokens + outputTokens;
}
