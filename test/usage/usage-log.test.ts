import { Database } from "bun:sqlite";
import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { UsageLog } from "../../src/usage/usage-log.ts";
import { turnRecord } from "../support/turn-records.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

const DAY = 24 * 60 * 60 * 1000;
const EVER = { from: 0, to: 1e15 };

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), "claude-max-api-usage-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "state", "usage.sqlite");
}

function open(path?: string, now = () => 0): { log: UsageLog; failures: unknown[] } {
  const failures: unknown[] = [];
  const log = new UsageLog({ path, now, onFailure: (reason) => failures.push(reason) });
  cleanups.push(() => log.close());
  return { log, failures };
}

test("totals are the sums of what was used, with the median of the first tokens, and failures by whose doing", () => {
  const { log } = open();
  for (const firstTokenMs of [300, 100, 200]) log.add(turnRecord({ firstTokenMs }));
  log.add(turnRecord({ outcome: "plan_limit_reached", fault: "plan", firstTokenMs: undefined, searches: 2 }));
  expect(log.totals(EVER)).toEqual([
    {
      name: "all",
      requests: 4,
      failed: { client: 0, plan: 1, upstream: 0, server: 0 },
      ...{ inputTokens: 40, cacheReadTokens: 80, cacheWriteTokens: 120, outputTokens: 20, reasoningTokens: 4 },
      searches: 2,
      firstTokenMs: 200,
      ...{ costUsd: null, unpriced: 3, extraUsage: 0 },
    },
  ]);
});

test("costs are the CLI's own, also those told after a turn was written; what it did not tell is none", () => {
  const { log } = open();
  const early = turnRecord({ costUsd: 0.5, isExtraUsage: false });
  const late = turnRecord({ at: 1 });
  for (const turn of [early, late, turnRecord({ outcome: "overloaded", fault: "upstream" })]) log.add(turn);
  log.add(early, { costUsd: 0.25 });
  expect(log.totals(EVER)).toMatchObject([{ costUsd: 0.75, unpriced: 1, extraUsage: 0 }]);
  log.add(late, { isExtraUsage: true });
  log.add(late, { costUsd: 1 });
  expect(log.totals(EVER)).toMatchObject([{ costUsd: 1.75, unpriced: 0, extraUsage: 1 }]);
  expect(log.totals({ from: 1, to: 2 })).toMatchObject([{ costUsd: 1, extraUsage: 1 }]);
});

test("a file of the first version is read on, and its turns have no costs", () => {
  const path = file();
  mkdirSync(dirname(path));
  const old = new Database(path);
  const columns =
    "at, dialect, client, key, model, answered, input, cache_read, cache_write, output, reasoning, searches";
  old.run(`CREATE TABLE turns (${columns}, outcome, fault, waited, first, total, served)`);
  old.run(
    `INSERT INTO turns (${columns}, outcome, total) VALUES (5,'chat','pi',NULL,'opus','opus',1,2,3,4,0,0,'stop',9)`,
  );
  old.run("PRAGMA user_version = 1");
  old.close();
  const { log, failures } = open(path);
  log.add(turnRecord({ costUsd: 2 }));
  expect(log.totals(EVER)).toMatchObject([{ requests: 2, outputTokens: 9, costUsd: 2, unpriced: 1 }]);
  expect(failures).toEqual([]);
});

test("no file is made before there is something to write, or to read", () => {
  const path = file();
  open(path).log.close();
  expect(existsSync(path)).toBe(false);
});

test("totals are told apart by the model that answered, by key or else program, and by day", () => {
  const { log } = open();
  const noon = new Date(2030, 0, 31, 12).getTime();
  log.add(turnRecord({ at: noon }));
  log.add(turnRecord({ at: noon + DAY, answered: undefined, caller: { dialect: "chat", client: "pi", key: "home" } }));
  const names = (by: "model" | "client" | "day") => log.totals({ ...EVER, by }).map(({ name }) => name);
  expect(names("model").sort()).toEqual(["claude-sonnet-4", "claude-sonnet-4-9"]);
  expect(names("client").sort()).toEqual(["curl", "home"]);
  expect(names("day")).toEqual(["2030-01-31", "2030-02-01"]);
  expect(log.totals({ from: noon, to: noon + DAY })).toMatchObject([{ requests: 1 }]);
  expect(log.totals({ from: 0, to: noon })).toEqual([]);
});

test("told apart in several ways at once, totals are those of each way alone, medians and orders included", () => {
  const { log } = open();
  const turns = [900, 100, 300, undefined, 200].map((firstTokenMs, index) => ({
    ...{ firstTokenMs, at: index * 3_600_000, answered: `model-${index % 2}`, outputTokens: index },
    costUsd: index === 1 ? 0.1 : undefined,
  }));
  for (const turn of turns) log.add(turnRecord(turn));
  log.add(turnRecord({ caller: { dialect: "chat", client: "a" }, answered: "model-0", costUsd: 0.2 }));
  const groups = ["client", undefined, "hour", "model", "day"] as const;
  const apart = log.totalsBy(groups, { ...EVER, minutesEast: 0 });
  expect(apart).toEqual(groups.map((by) => [...log.totals({ ...EVER, by, minutesEast: 0 })]));
  const told = apart.map((of) =>
    of.map(({ name, firstTokenMs, costUsd }) => `${name}: ${firstTokenMs} ms, $${costUsd}`),
  );
  expect(told.slice(0, 4)).toEqual([
    ["curl: 200 ms, $0.1", "a: 100 ms, $0.2"],
    ["all: 200 ms, $0.3"],
    [100, 100, 300, null, 200].map((ms, hour) => `1970-01-01T0${hour}: ${ms} ms, $${[0.2, 0.1][hour] ?? null}`),
    ["model-0: 200 ms, $0.2", "model-1: 100 ms, $0.1"],
  ]);
  expect(log.totalsBy(groups, { from: 1, to: 2 })).toEqual([[], [], [], [], []]);
});

test("what was used is there for another process, for 90 days", () => {
  const path = file();
  const first = open(path);
  first.log.add(turnRecord({ at: 100 * DAY }));
  first.log.add(turnRecord({ at: 150 * DAY }));
  first.log.close();
  const { log } = open(path, () => 200 * DAY);
  expect(log.since).toBe(100 * DAY);
  log.add(turnRecord({ at: 200 * DAY }));
  expect(log.since).toBe(150 * DAY);
});

test.skipIf(process.platform === "win32")("the file can be read by the user alone", () => {
  const path = file();
  const { log } = open(path);
  log.add(turnRecord());
  expect(log.totals(EVER)).toHaveLength(1);
  expect([path, `${path}-wal`].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
});

test("turns wait while another process writes, and are written then", () => {
  const path = file();
  const { log, failures } = open(path);
  log.totals(EVER);
  const other = new Database(path);
  cleanups.push(() => other.close());
  other.run("BEGIN IMMEDIATE");
  log.add(turnRecord());
  expect(log.totals(EVER)).toEqual([]);
  other.run("COMMIT");
  expect(log.totals(EVER)).toHaveLength(1);
  expect(failures).toEqual([]);
});

test("a file that cannot be had, or breaks, is told once, and costs no turn", () => {
  const path = file();
  const { log, failures } = open(path);
  log.totals(EVER);
  const other = new Database(path);
  cleanups.push(() => other.close());
  other.run("DROP TABLE turns");
  other.run("CREATE TABLE turns (something TEXT)");
  log.add(turnRecord());
  expect(() => log.close()).not.toThrow();
  expect(failures).toHaveLength(1);

  const text = file();
  mkdirSync(dirname(text));
  writeFileSync(text, "no database, whatever its name says".repeat(100));
  const broken = open(text);
  broken.log.add(turnRecord());
  expect(broken.log.totals(EVER)).toHaveLength(1);
  expect(broken.failures).toHaveLength(1);
});

test("a file of a newer version is left as it is", () => {
  const path = file();
  open(path).log.totals(EVER);
  const newer = new Database(path);
  newer.run("PRAGMA user_version = 99");
  newer.close();
  const { log, failures } = open(path);
  expect(log.totals(EVER)).toEqual([]);
  expect(failures.map(String)).toEqual([expect.stringContaining("newer version")]);
});

test("the turns that ended last are told as they were added, the newest first; totals may be told apart by the hour", () => {
  const { log } = open();
  const noon = new Date(2030, 0, 31, 12).getTime();
  const turns = [0, 1, 2].map((hour) =>
    turnRecord({ at: noon + hour * 3_600_000, caller: { dialect: "chat", client: "pi", key: "home" }, costUsd: 0.5 }),
  );
  const failed = turnRecord({ at: noon, answered: undefined, outcome: "overloaded", fault: "upstream" });
  for (const turn of [...turns, failed]) log.add(turn);
  expect(log.recent(3)).toEqual([failed, ...turns.slice(1).reverse()]);
  const hours = log.totals({ ...EVER, by: "hour" });
  expect(hours.map(({ name, requests }) => [name, requests])).toEqual([
    ["2030-01-31T12", 2],
    ["2030-01-31T13", 1],
    ["2030-01-31T14", 1],
  ]);
});
