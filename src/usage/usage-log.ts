import type { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Spending, TurnRecord } from "../core/turn-record.ts";
import { type UsageFigures, type UsageQuery, type UsageReport, type UsageTotal, usageReport } from "../core/usage.ts";
import { byName, type Row, SUMS, totalsOf } from "./totals.ts";
import { AMEND, flag, INSERT, openDatabase, type TurnRow, turnOf, type Value, valuesOf } from "./turn-table.ts";

/** The command line has them from here. */
export { windowName, windowTitle } from "../core/plan-windows.ts";

type UsageLogOptions = {
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

const GROUPS = {
  model: "coalesce(answered, model)",
  client: "coalesce(key, client)",
};

const TIMES = { day: "%Y-%m-%d", hour: "%Y-%m-%dT%H" };

/**
 * The turns of the last 90 days, in a file that only the user can read. Nothing is opened before it is needed, writing is put off, and
 * neither ever fails a turn: where the file cannot be had, memory takes its place.
 */
export class UsageLog implements UsageFigures {
  readonly #now: () => number;
  readonly #onFailure: (reason: unknown) => void;
  #path: string | undefined;
  #opened: Database | undefined;
  #waiting: { readonly turn: TurnRecord; readonly more: Spending | undefined }[] = [];
  readonly #rows = new WeakMap<TurnRecord, number>();
  #timer: NodeJS.Timeout | undefined;
  #prunedAt = Number.NEGATIVE_INFINITY;
  #hasFailed = false;

  constructor({ path, onFailure, now = Date.now }: UsageLogOptions) {
    this.#now = now;
    this.#onFailure = onFailure;
    this.#path = path;
  }

  /** `more`: what a turn took beside what was added of it. */
  add(turn: TurnRecord, more?: Spending): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push({ turn, more });
    this.#timer ??= setTimeout(() => this.#write(), WRITE_AFTER_MS).unref();
  }

  get since(): number | undefined {
    this.#write();
    return this.#database.query<{ at: number | null }, []>("SELECT min(at) AS at FROM turns").get()?.at ?? undefined;
  }

  totals({ by, ...range }: UsageQuery): readonly UsageTotal[] {
    return this.totalsBy([by], range)[0] ?? [];
  }

  totalsBy(groups: readonly UsageQuery["by"][], { from, to, minutesEast }: Omit<UsageQuery, "by">): UsageTotal[][] {
    this.#write();
    const names = groups.map((by, index) => `${groupOf(by, minutesEast)} AS name${index}`);
    const rows = this.#database
      .query<Row, [number, number]>(
        `SELECT ${[...names, ...SUMS].join(", ")} FROM turns WHERE at >= ? AND at < ? GROUP BY ${names.map((_, index) => index + 1).join(", ")}`,
      )
      .all(from, to);
    return totalsOf(rows, groups.length).map((totals, index) => {
      const by = groups[index];
      return by === "day" || by === "hour" ? totals.sort(byName) : totals;
    });
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
    this.#opened?.close();
  }

  get #database(): Database {
    if (this.#opened) return this.#opened;
    try {
      this.#opened = openDatabase(this.#path);
    } catch (reason) {
      this.#onFailure(reason);
      this.#path = undefined;
      this.#opened = openDatabase(undefined);
    }
    return this.#opened;
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const database = this.#database;
    try {
      database.transaction(() => {
        for (const { turn, more } of this.#waiting) {
          const row = this.#rows.get(turn) ?? null;
          if (more) database.query<never, Value[]>(AMEND).run(more.costUsd ?? null, flag(more.isExtraUsage), row);
          else
            this.#rows.set(turn, Number(database.query<never, Value[]>(INSERT).run(...valuesOf(turn)).lastInsertRowid));
        }
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
    const isInMemory = this.#path === undefined;
    if (now - this.#prunedAt < PRUNE_EVERY_MS && !isInMemory) return;
    this.#prunedAt = now;
    this.#database.query<never, [number]>("DELETE FROM turns WHERE at < ?").run(now - MAX_AGE_MS);
    if (!isInMemory) return;
    this.#database
      .query<never, [number]>("DELETE FROM turns WHERE rowid <= (SELECT max(rowid) FROM turns) - ?")
      .run(MOST_IN_MEMORY);
  }
}

/** What of a turn's row tells those apart that are. */
function groupOf(by: UsageQuery["by"], minutesEast: number | undefined): string {
  if (by === undefined) return "'all'";
  if (by === "model" || by === "client") return GROUPS[by];
  const zone = minutesEast === undefined ? "localtime" : `${Math.round(minutesEast)} minutes`;
  return `strftime('${TIMES[by]}', at / 1000, 'unixepoch', '${zone}')`;
}

function isBusy(reason: unknown): boolean {
  return reason instanceof Error && "code" in reason && reason.code === "SQLITE_BUSY";
}

/** The file in the folder for the program's state. */
export function usageFile(stateDirectory: string): string {
  return join(stateDirectory, "usage.sqlite");
}

/** What a server wrote down, for when none runs; undefined: none has. Throws where the file cannot be read. */
export function usageOnDisk(path: string, query: UsageQuery): UsageReport | undefined {
  if (!existsSync(path)) return undefined;
  const figures = new UsageLog({
    path,
    onFailure(reason) {
      throw reason;
    },
  });
  try {
    return usageReport({ figures }, query, Date.now());
  } finally {
    figures.close();
  }
}
