import { Database } from "bun:sqlite";
import type { Fault } from "../core/error.ts";
import type { Dialect, Served, TurnRecord } from "../core/turn-record.ts";
import { makePrivate } from "../observability/private-file.ts";

/** Raised whenever the table changes; columns that came later may be null, and are added to a file that lacks them. */
const VERSION = 2;

type Column = { readonly type: string; readonly of: (turn: TurnRecord) => Value | undefined };

const COLUMNS: Readonly<Record<string, Column>> = {
  at: { type: "INTEGER NOT NULL", of: (turn) => turn.at },
  dialect: { type: "TEXT NOT NULL", of: (turn) => turn.caller.dialect },
  client: { type: "TEXT NOT NULL", of: (turn) => turn.caller.client },
  key: { type: "TEXT", of: (turn) => turn.caller.key },
  model: { type: "TEXT NOT NULL", of: (turn) => turn.model },
  answered: { type: "TEXT", of: (turn) => turn.answered },
  input: { type: "INTEGER NOT NULL", of: (turn) => turn.inputTokens },
  cache_read: { type: "INTEGER NOT NULL", of: (turn) => turn.cacheReadTokens },
  cache_write: { type: "INTEGER NOT NULL", of: (turn) => turn.cacheWriteTokens },
  output: { type: "INTEGER NOT NULL", of: (turn) => turn.outputTokens },
  reasoning: { type: "INTEGER NOT NULL", of: (turn) => turn.reasoningTokens },
  searches: { type: "INTEGER NOT NULL", of: (turn) => turn.searches },
  outcome: { type: "TEXT NOT NULL", of: (turn) => turn.outcome },
  fault: { type: "TEXT", of: (turn) => turn.fault },
  waited: { type: "INTEGER", of: (turn) => turn.waitedMs },
  first: { type: "INTEGER", of: (turn) => turn.firstTokenMs },
  total: { type: "INTEGER NOT NULL", of: (turn) => turn.totalMs },
  served: { type: "TEXT", of: (turn) => turn.served },
  cost: { type: "REAL", of: (turn) => turn.costUsd },
  extra_usage: { type: "INTEGER", of: (turn) => flag(turn.isExtraUsage) },
};
const NAMES = Object.keys(COLUMNS);
export const AMEND = `UPDATE turns SET
  cost = CASE WHEN ?1 IS NULL THEN cost ELSE coalesce(cost, 0) + ?1 END, extra_usage = coalesce(max(extra_usage, ?2), ?2, extra_usage)
  WHERE rowid = ?3`;
export const INSERT = `INSERT INTO turns (${NAMES.join(", ")}) VALUES (${NAMES.map(() => "?").join(", ")})`;

export type Value = string | number | null;

/** In the order of {@link COLUMNS}. */
export function valuesOf(turn: TurnRecord): Value[] {
  return Object.values(COLUMNS).map(({ of }) => of(turn) ?? null);
}

export function flag(is: boolean | undefined): number | null {
  return is === undefined ? null : Number(is);
}

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

/** Opens the file, or memory; a file of an older version gets the columns that it lacks. Throws when that cannot be done. */
export function openDatabase(path: string | undefined): Database {
  if (path !== undefined) makePrivate(path);
  const database = new Database(path ?? ":memory:", { strict: true });
  try {
    const version = database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
    if (version > VERSION) throw new Error(`${path} was written by a newer version of this program`);
    for (const pragma of ["journal_mode = WAL", "synchronous = NORMAL"]) database.run(`PRAGMA ${pragma}`);
    if (version < VERSION) database.transaction(() => layOut(database)).immediate();
    // Answers wait for nobody: where another server of the user is writing, it is tried again later.
    database.run("PRAGMA busy_timeout = 0");
    return database;
  } catch (reason) {
    database.close();
    throw reason;
  }
}

function layOut(database: Database): void {
  const columns = Object.entries(COLUMNS).map(([name, { type }]) => `${name} ${type}`);
  database.run(`CREATE TABLE IF NOT EXISTS turns (${columns.join(", ")})`);
  const there = database.query<{ name: string }, []>("PRAGMA table_info(turns)").all();
  for (const [name, { type }] of Object.entries(COLUMNS)) {
    if (!there.some((column) => column.name === name)) database.run(`ALTER TABLE turns ADD COLUMN ${name} ${type}`);
  }
  database.run("CREATE INDEX IF NOT EXISTS by_time ON turns (at)");
  database.run(`PRAGMA user_version = ${VERSION}`);
}
