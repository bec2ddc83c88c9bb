import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstAttachments } from "../../../src/claude/probe/first-attachments.ts";
import { Probe } from "../../../src/claude/probe/probe.ts";
import type { SandboxOptions } from "../../../src/claude/probe/sandbox.ts";
import type { Attachment } from "../../../src/claude/session/encode-transcript.ts";
import { Logger } from "../../../src/observability/logger.ts";

let home: string;
let day: Date;
let asked: SandboxOptions[];
let running: number;
let mostRunning: number;
/** What the next rehearsal does. */
let outcome: () => Promise<void>;
let rehearsals: Probe<Attachment[]>;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "rehearsals-test-"));
  day = new Date(2026, 0, 1, 12);
  [asked, running, mostRunning, outcome] = [[], 0, 0, async () => {}];
  rehearsals = new Probe(firstAttachments, {
    cwd: "/empty",
    env: { HOME: home },
    logger: new Logger("silent"),
    now: () => day,
    run: async (rehearsal) => {
      asked.push(rehearsal);
      mostRunning = Math.max(mostRunning, ++running);
      try {
        await outcome();
        await Bun.sleep(0);
        return [{ type: "n", count: asked.length }];
      } finally {
        running--;
      }
    },
  });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const TARGET = { path: "/claude", version: "2.1.330", model: "claude-a-1" };
const logIn = (emailAddress: string) =>
  writeFileSync(join(home, ".claude.json"), JSON.stringify({ oauthAccount: { emailAddress, accountUuid: "u" } }));

test("nothing is known before it was learnt, and asking does not learn it", async () => {
  expect(await rehearsals.known(TARGET)).toBeUndefined();
  expect(asked).toEqual([]);
});

test("what was learnt is known, and not learnt again", async () => {
  await Promise.all([rehearsals.learn(TARGET), rehearsals.learn(TARGET)]);
  await rehearsals.learn(TARGET);
  expect(await rehearsals.known(TARGET)).toEqual([{ type: "n", count: 1 }]);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ path: "/claude", model: "claude-a-1", cwd: "/empty", address: undefined });
});

test.each([
  ["model", () => ({ ...TARGET, model: "claude-b-1" })],
  ["version of the CLI", () => ({ ...TARGET, version: "2.1.331" })],
  [
    "day",
    () => {
      day = new Date(2026, 0, 2, 0);
      return TARGET;
    },
  ],
  [
    "account",
    () => {
      logIn("me@example.com");
      return TARGET;
    },
  ],
])("another %s is not known yet", async (_, change) => {
  await rehearsals.learn(TARGET);
  expect(await rehearsals.known(change())).toBeUndefined();
});

test("the user is called in a rehearsal as in real conversations", async () => {
  logIn("me@example.com");
  await rehearsals.learn(TARGET);
  expect(asked[0]?.address).toBe("me@example.com");
});

test("only one process learnsAttachments at a time", async () => {
  await Promise.all(["a", "b", "c"].map((model) => rehearsals.learn({ ...TARGET, model })));
  expect(asked).toHaveLength(3);
  expect(mostRunning).toBe(1);
});

test("what fails is no error, leaves nothing known, and is tried again, but not for ever", async () => {
  outcome = () => Promise.reject(new Error("no"));
  for (let count = 0; count < 5; count++) await rehearsals.learn(TARGET);
  expect(await rehearsals.known(TARGET)).toBeUndefined();
  expect(asked).toHaveLength(3);
});

test("closing waits for the running one, and starts no other", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  outcome = () => promise;
  const first = rehearsals.learn(TARGET);
  const second = rehearsals.learn({ ...TARGET, model: "other" });
  while (asked.length === 0) await Bun.sleep(0);
  const closed = rehearsals.close();
  resolve();
  await Promise.all([closed, first, second]);
  await rehearsals.learn({ ...TARGET, model: "third" });
  expect(asked).toHaveLength(1);
});
