import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SqliteLimits, SqliteResponseStore } from "../../../../src/api/openai-responses/store/sqlite-store.ts";
import { makePrivate } from "../../../../src/observability/private-file.ts";
import { stored } from "./stored.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "claude-max-api-store-"));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return join(path, "state");
}

function open(path: string, limits: Partial<SqliteLimits> = {}, clock = { now: 0 }) {
  makePrivate(join(path, "responses.sqlite"));
  const store = new SqliteResponseStore(join(path, "responses.sqlite"), limits, () => clock.now);
  cleanups.push(() => store.close());
  return { store, kept: (...ids: string[]) => ids.filter((id) => store.get(id) !== undefined) };
}

describe("responses on disk", () => {
  test("are there for another process, with their items", () => {
    const path = folder();
    open(path).store.put(stored("a"));
    const { store } = open(path);
    expect(store.get("a")).toEqual(stored("a"));
    expect(store.findItem("in_a")).toEqual(stored("a").input[0]);
    expect(store.findItem("msg_a")).toEqual(stored("a").output[0]);
  });

  test.skipIf(process.platform === "win32")("can be read by the user alone", () => {
    const path = folder();
    open(path).store.put(stored("a"));
    const mode = (file: string) => statSync(file).mode & 0o777;
    expect(mode(path)).toBe(0o700);
    expect(readdirSync(path).length).toBeGreaterThan(0);
    for (const file of readdirSync(path)) expect([file, mode(join(path, file))]).toEqual([file, 0o600]);
  });

  test("are gone with their items once they are deleted", () => {
    const { store, kept } = open(folder());
    store.put(stored("a"));
    store.put(stored("b"));
    expect([store.delete("a"), store.delete("a")]).toEqual([true, false]);
    expect(kept("a", "b")).toEqual(["b"]);
    expect(store.findItem("msg_a")).toBeUndefined();
  });

  test("take at most so much: the one that was not asked for longest gives way", () => {
    const clock = { now: 0 };
    const size = JSON.stringify(stored("a")).length;
    const { store, kept } = open(folder(), { maxCharacters: 2 * size }, clock);
    store.put(stored("a"));
    store.put(stored("b"));
    clock.now = 2 * 60 * 60 * 1000;
    store.get("a");
    store.put(stored("c"));
    expect(kept("a", "b", "c")).toEqual(["a", "c"]);
  });

  test("are kept so long", () => {
    const clock = { now: 0 };
    const { store, kept } = open(folder(), { maxAgeMs: 10 }, clock);
    store.put(stored("a"));
    clock.now = 10;
    expect(kept("a")).toEqual(["a"]);
    clock.now = 11;
    expect(kept("a")).toEqual([]);
    expect(store.findItem("msg_a")).toBeUndefined();
  });

  test("that another version kept, or that do not fit, are as good as gone", () => {
    const path = folder();
    open(path).store.put(stored("a"));
    const database = new Database(join(path, "responses.sqlite"));
    database.run("UPDATE responses SET json = '{}'");
    const { store, kept } = open(path);
    expect(kept("a")).toEqual([]);
    store.put(stored("b"));
    database.run("PRAGMA user_version = 99");
    database.close();
    expect(open(path).kept("b")).toEqual([]);
  });
});

describe("a response that is still written", () => {
  const unfinished = (id: string) => ({ ...stored(id), response: { id, status: "in_progress", output: [] } });

  test("is as it is told last", () => {
    const { store } = open(folder());
    store.put(unfinished("a"));
    expect(store.get("a")).toEqual(unfinished("a"));
    store.put(stored("a"));
    expect(store.get("a")).toEqual(stored("a"));
  });

  test("has failed once its server is gone, and stays as it is while another server writes it", () => {
    const path = folder();
    const { store } = open(path);
    for (const id of ["ours", "gone", "theirs", "done"]) store.put(unfinished(id));
    store.put(stored("done"));
    const database = new Database(join(path, "responses.sqlite"));
    const writtenBy = (id: string, pid: number) =>
      database.run("UPDATE unfinished SET writer = ? WHERE id = ?", [pid, id]);
    const { pid } = Bun.spawnSync([process.execPath, "-e", "0"]);
    writtenBy("gone", pid);
    writtenBy("theirs", process.ppid);
    database.close();
    const another = open(path).store;
    for (const id of ["ours", "gone"]) {
      expect(another.get(id)?.response).toMatchObject({ status: "failed", error: { code: "server_error" } });
      expect(another.get(id)?.input).toEqual(stored(id).input);
    }
    expect(another.get("theirs")).toEqual(unfinished("theirs"));
    expect(another.get("done")).toEqual(stored("done"));
  });
});
