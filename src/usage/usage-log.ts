import { Database } from "bun:sqlite";
import type { Dialect, Fault, Served, TurnRecord } from "../core/turn-record.ts";
import type { UsageFigures, UsageQuery, UsageTotal } from "../core/usage.ts";
import { makePrivate } from "../observability/private-file.ts";

export type UsageLogOptions = {
  /** Undefined: in memory. */
  readonly path?: string | undefined;
  /** Told once why turns cannot be written down. */
  readonly onFailure: (reason: unknown) => void;
  readonly now?: () => number;
};

const MAX_AGE_MS = 90 * 24 * 60 * 60 * 1000;
/** So many turns are kept where only memory is. */
const MOST_IN_MEMORY = 20_000;
/** Turns that wait to be written; those beyond are lost rather than held in memory. */
const MOST_WAITING = 10_000;
const WRITE_AFTER_MS = 1_000;
const PRUNE_EVERY_MS = 60 * 60 * 1000;

/** Raised whenever the table changes. */
const VERSION = 1;

const COLUMNS = {
  at: "INTEGER NOT NULL",
  dialect: "TEXT NOT NULL",
  client: "TEXT NOT NULL",
  key: "TEXT",
  model: "TEXT NOT NULL",
  answered: "TEXT",
  input: "INTEGER NOT NULL",
  cache_read: "INTEGER NOT NULL",
  cache_write: "INTEGER NOT NULL",
  output: "INTEGER NOT NULL",
  reasoning: "INTEGER NOT NULL",
  searches: "INTEGER NOT NULL",
  outcome: "TEXT NOT NULL",
  fault: "TEXT",
  waited: "INTEGER",
  first: "INTEGER",
  total: "INTEGER NOT NULL",
  served: "TEXT",
};
const NAMES = Object.keys(COLUMNS);
const INSERT = `INSERT INTO turns (${NAMES.join(", ")}) VALUES (${NAMES.map(() => "?").join(", ")})`;

type Value = string | number | null;

/** In the order of {@link COLUMNS}. */
function valuesOf(turn: TurnRecord): Value[] {
  const { dialect, client, key } = turn.caller;
  return [
    ...[turn.at, dialect, client, key ?? null, turn.model, turn.answered ?? null],
    ...[turn.inputTokens, turn.cacheReadTokens, turn.cacheWriteTokens, turn.outputTokens, turn.reasoningTokens],
    ...[turn.searches, turn.outcome, turn.fault ?? null, turn.waitedMs ?? null, turn.firstTokenMs ?? null],
    ...[turn.totalMs, turn.served ?? null],
  ];
}

type TurnRow = Readonly<
  Record<"at" | "input" | "cache_read" | "cache_write" | "output" | "reasoning" | "searches" | "total", number> &
    Record<"waited" | "first", number | null> &
    Record<"client" | "model", string> &
    Record<"key" | "answered", string | null>
> & {
  readonly dialect: Dialect;
  readonly outcome: TurnRecord["outcome"];
  readonly fault: Fault | null;
  readonly served: Served | null;
};

function turnOf(row: TurnRow): TurnRecord {
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
  };
}

const GROUPS = {
  model: "coalesce(answered, model)",
  client: "coalesce(key, client)",
  day: "strftime('%Y-%m-%d', at / 1000, 'unixepoch', 'localtime')",
  hour: "strftime('%Y-%m-%dT%H', at / 1000, 'unixepoch', 'localtime')",
};

type TotalRow = {
  readonly name: string;
  readonly requests: number;
  readonly client: number;
  readonly plan: number;
  readonly upstream: number;
  readonly server: number;
} & Omit<UsageTotal, "name" | "requests" | "failed" | "firstTokenMs">;

/** The turns of the last 90 days, in a file that only the user can read. Writing is put off, and never fails a turn. */
export class UsageLog implements UsageFigures {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #onFailure: (reason: unknown) => void;
  readonly #isInMemory: boolean;
  #waiting: TurnRecord[] = [];
  #timer: NodeJS.Timeout | undefined;
  #prunedAt = Number.NEGATIVE_INFINITY;
  #hasFailed = false;

  /** Throws when the file cannot be had. */
  constructor({ path, onFailure, now = Date.now }: UsageLogOptions) {
    this.#now = now;
    this.#onFailure = onFailure;
    this.#isInMemory = path === undefined;
    if (path !== undefined) makePrivate(path);
    this.#database = new Database(path ?? ":memory:", { strict: true });
    // Answers wait for nobody: where another server of the user is writing, it is tried again later.
    for (const pragma of ["busy_timeout = 0", "journal_mode = WAL", "synchronous = NORMAL"]) {
      this.#database.run(`PRAGMA ${pragma}`);
    }
    const version = this.#database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
    if (version > VERSION) throw new Error(`${path} was written by a newer version of this program`);
    const columns = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`);
    this.#database.run(`CREATE TABLE IF NOT EXISTS turns (${columns.join(", ")})`);
    this.#database.run("CREATE INDEX IF NOT EXISTS by_time ON turns (at)");
    this.#database.run(`PRAGMA user_version = ${VERSION}`);
  }

  add(turn: TurnRecord): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(turn);
    this.#timer ??= setTimeout(() => this.#write(), WRITE_AFTER_MS).unref();
  }

  get since(): number | undefined {
    this.#write();
    return this.#database.query<{ at: number | null }, []>("SELECT min(at) AS at FROM turns").get()?.at ?? undefined;
  }

  totals({ from, to, by }: UsageQuery): readonly UsageTotal[] {
    this.#write();
    const group = by === undefined ? "'all'" : GROUPS[by];
    const failed = (fault: string) => `sum(fault IS '${fault}') AS ${fault}`;
    const rows = this.#database
      .query<TotalRow, [number, number]>(
        `SELECT ${group} AS name, count(*) AS requests,
           sum(input) AS inputTokens, sum(cache_read) AS cacheReadTokens, sum(cache_write) AS cacheWriteTokens,
           sum(output) AS outputTokens, sum(reasoning) AS reasoningTokens, sum(searches) AS searches,
           ${["client", "plan", "upstream", "server"].map(failed).join(", ")}
         FROM turns WHERE at >= ? AND at < ? GROUP BY 1
         ORDER BY ${by === "day" || by === "hour" ? "1" : "sum(input + cache_read + cache_write + output) DESC, 1"}`,
      )
      .all(from, to);
    const medians = this.#medians(group, from, to);
    return rows.map(({ client, plan, upstream, server, name, requests, ...tokens }) => ({
      name,
      requests,
      failed: { client, plan, upstream, server },
      ...tokens,
      firstTokenMs: medians.get(name) ?? null,
    }));
  }

  recent(most: number): readonly TurnRecord[] {
    this.#write();
    return this.#database
      .query<TurnRow, [number]>("SELECT * FROM turns ORDER BY rowid DESC LIMIT ?")
      .all(most)
      .map(turnOf);
  }

  /** What still waits is written first. */
  close(): void {
    this.#write();
    clearTimeout(this.#timer);
    this.#database.close();
  }

  #medians(group: string, from: number, to: number): ReadonlyMap<string, number> {
    const rows = this.#database
      .query<{ name: string; first: number }, [number, number]>(
        `SELECT name, first FROM (
           SELECT name, first, row_number() OVER (PARTITION BY name ORDER BY first) AS place,
             count(*) OVER (PARTITION BY name) AS count
           FROM (SELECT ${group} AS name, first FROM turns WHERE at >= ? AND at < ? AND first IS NOT NULL)
         ) WHERE place = (count + 1) / 2`,
      )
      .all(from, to);
    return new Map(rows.map(({ name, first }) => [name, first]));
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    try {
      this.#database.transaction(() => {
        const insert = this.#database.query<never, Value[]>(INSERT);
        for (const turn of this.#waiting) insert.run(...valuesOf(turn));
        this.#prune();
      })();
      this.#waiting = [];
    } catch (reason) {
      if (!this.#hasFailed && !isBusy(reason)) this.#onFailure(reason);
      this.#hasFailed ||= !isBusy(reason);
      this.#timer = setTimeout(() => this.#write(), WRITE_AFTER_MS).unref();
    }
  }

  #prune(): void {
    const now = this.#now();
    if (now - this.#prunedAt < PRUNE_EVERY_MS && !this.#isInMemory) return;
    this.#prunedAt = now;
    this.#database.query<never, [number]>("DELETE FROM turns WHERE at < ?").run(now - MAX_AGE_MS);
    if (!this.#isInMemory) return;
    this.#database
      .query<never, [number]>("DELETE FROM turns WHERE rowid <= (SELECT max(rowid) FROM turns) - ?")
      .run(MOST_IN_MEMORY);
  }
}

function isBusy(reason: unknown): boolean {
  return reason instanceof Error && "code" in reason && reason.code === "SQLITE_BUSY";
}

/** The log in its file; in memory where there shall be none, or the file cannot be had. */
export function openUsageLog(options: UsageLogOptions): UsageLog {
  try {
    return new UsageLog(options);
  } catch (reason) {
    options.onFailure(reason);
    return new UsageLog({ ...options, path: undefined });
  }
}
