import { Database } from "bun:sqlite";
import { Compile, type Validator } from "typebox/compile";
import { parseJsonObject } from "../../../core/json.ts";
import { asFailed, askedWith, isUnfinished, type KeptItem, type ResponseStore, StoredResponse } from "./store.ts";

export type SqliteLimits = {
  /** Of all that is kept, as JSON. */
  readonly maxCharacters: number;
  readonly maxAgeMs: number;
};

const LIMITS: SqliteLimits = { maxCharacters: 256 * 1024 * 1024, maxAgeMs: 30 * 24 * 60 * 60 * 1000 };

/** Reading is noted so seldom: it would otherwise be a write for each response of a long conversation. */
const NOTED_EVERY_MS = 60 * 60 * 1000;

/** Raised whenever what is kept changes its form; what another version kept is given up. */
const VERSION = 2;

/** The tables, with their columns. */
const TABLES = {
  responses:
    "id TEXT PRIMARY KEY, json TEXT NOT NULL, size INTEGER NOT NULL, kept_at INTEGER NOT NULL, used_at INTEGER NOT NULL",
  items: "id TEXT NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (id, owner)",
  // Those that are still being written, and by which process.
  unfinished: "id TEXT PRIMARY KEY, writer INTEGER NOT NULL",
};

type Row = { readonly json: string; readonly kept_at: number; readonly used_at: number };

/** Responses in a file. Those that were not asked for longest give way. */
export class SqliteResponseStore implements ResponseStore {
  readonly #database: Database;
  readonly #limits: SqliteLimits;
  readonly #now: () => number;
  /** Compiled once something is read. */
  #validator: Validator<Record<never, never>, typeof StoredResponse> | undefined;

  /** Throws when the file cannot be had. */
  constructor(path: string, limits: Partial<SqliteLimits> = {}, now: () => number = Date.now) {
    this.#limits = { ...LIMITS, ...limits };
    this.#now = now;
    this.#database = new Database(path, { strict: true });
    this.#prepare();
    this.#giveUpLost();
  }

  put(stored: StoredResponse): boolean {
    const json = JSON.stringify(stored);
    const now = this.#now();
    this.#database
      .transaction(() => {
        this.delete(stored.id);
        this.#run("INSERT INTO responses (id, json, size, kept_at, used_at) VALUES (?, ?, ?, ?, ?)", [
          stored.id,
          json,
          json.length,
          now,
          now,
        ]);
        for (const { id } of [...stored.input, ...stored.output]) {
          if (askedWith(id) !== stored.id)
            this.#run("INSERT OR REPLACE INTO items (id, owner) VALUES (?, ?)", [id, stored.id]);
        }
        if (isUnfinished(stored))
          this.#run("INSERT INTO unfinished (id, writer) VALUES (?, ?)", [stored.id, process.pid]);
        this.#makeRoom(now);
        // Immediate: one that reads first would not wait for another writer.
      })
      .immediate();
    return true;
  }

  get(id: string): StoredResponse | undefined {
    const now = this.#now();
    const row = this.#database
      .query<Row, [string]>("SELECT json, kept_at, used_at FROM responses WHERE id = ?")
      .get(id);
    if (row === null || now - row.kept_at > this.#limits.maxAgeMs) return undefined;
    if (now - row.used_at > NOTED_EVERY_MS) this.#run("UPDATE responses SET used_at = ? WHERE id = ?", [now, id]);
    const stored = parseJsonObject(row.json);
    this.#validator ??= Compile(StoredResponse);
    return this.#validator.Check(stored) ? stored : undefined;
  }

  delete(id: string): boolean {
    const wasThere = this.get(id) !== undefined;
    this.#run("DELETE FROM items WHERE owner = ?", [id]);
    this.#run("DELETE FROM unfinished WHERE id = ?", [id]);
    this.#run("DELETE FROM responses WHERE id = ?", [id]);
    return wasThere;
  }

  findItem(id: string, key?: string): KeptItem | undefined {
    const owners = this.#database
      .query<{ owner: string }, [string]>("SELECT owner FROM items WHERE id = ? ORDER BY rowid DESC")
      .all(id)
      .map(({ owner }) => owner);
    for (const owner of [...owners, askedWith(id) ?? []].flat()) {
      const stored = this.get(owner);
      if (stored && stored.key === key) return [...stored.input, ...stored.output].find((item) => item.id === id);
    }
    return undefined;
  }

  close(): void {
    this.#database.close();
  }

  #prepare(): void {
    // Another server of the same user may be writing; what is deleted shall not stay in the file.
    for (const pragma of ["busy_timeout = 500", "journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON"]) {
      this.#database.run(`PRAGMA ${pragma}`);
    }
    const version = this.#database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version;
    if (version !== VERSION) {
      for (const table of Object.keys(TABLES)) this.#database.run(`DROP TABLE IF EXISTS ${table}`);
      this.#database.run(`PRAGMA user_version = ${VERSION}`);
    }
    for (const [table, columns] of Object.entries(TABLES)) {
      this.#database.run(`CREATE TABLE IF NOT EXISTS ${table} (${columns})`);
    }
    this.#database.run("CREATE INDEX IF NOT EXISTS by_use ON responses (used_at)");
    this.#database.run("CREATE INDEX IF NOT EXISTS by_owner ON items (owner)");
  }

  /** What a server was writing that is gone: another of the same user may still be there. */
  #giveUpLost(): void {
    const unfinished = this.#database.query<{ id: string; writer: number }, []>("SELECT id, writer FROM unfinished");
    for (const { id, writer } of unfinished.all()) {
      const stored = isOtherProcess(writer) ? undefined : this.get(id);
      if (stored) this.put(asFailed(stored));
    }
  }

  #makeRoom(now: number): void {
    const old = this.#ids("SELECT id FROM responses WHERE kept_at < ?", now - this.#limits.maxAgeMs);
    for (const id of old) this.delete(id);
    while (this.#size() > this.#limits.maxCharacters) {
      const [least] = this.#ids("SELECT id FROM responses ORDER BY used_at, rowid LIMIT ?", 1);
      if (least === undefined) return;
      this.delete(least);
    }
  }

  #size(): number {
    return (
      this.#database.query<{ total: number | null }, []>("SELECT sum(size) AS total FROM responses").get()?.total ?? 0
    );
  }

  #ids(sql: string, value: number): string[] {
    return this.#database
      .query<{ id: string }, [number]>(sql)
      .all(value)
      .map(({ id }) => id);
  }

  #run(sql: string, values: (string | number)[]): void {
    this.#database.query<never, (string | number)[]>(sql).run(...values);
  }
}

/** Whether another process of that id runs. The id may be our own when it was that of one that is gone, as in a container. */
function isOtherProcess(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (reason) {
    // One that we may not signal is there.
    return reason instanceof Error && "code" in reason && reason.code === "EPERM";
  }
}
