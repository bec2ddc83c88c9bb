import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { showAgain } from "../../../src/cli/terminal/terminal.ts";
import { bar, count, dollars, share } from "../../../src/cli/terminal/text.ts";
import { UsageLog, usageFile } from "../../../src/usage/usage-log.ts";
import { runCli, surroundingsOf } from "../../support/run-cli.ts";
import { turnRecord } from "../../support/turn-records.ts";

const home = mkdtempSync(join(tmpdir(), "claude-max-api-usage-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Without a server: what one has written down. */
const run = (...argv: string[]) => runCli(["usage", "--port", "0", ...argv], { home });

test("without a server, and with nothing written down, the command says so", async () => {
  expect(await run()).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("no server runs") });
});

test("the table fits into 80 columns, whatever names and numbers there are, and a spreadsheet takes no name for a formula", async () => {
  const log = new UsageLog({ path: usageFile(join(home, ".local/state/claude-max-api")), onFailure: () => {} });
  const at = Date.now();
  const big = {
    inputTokens: 987_654_321_000,
    outputTokens: 999_999,
    firstTokenMs: 599_990,
    costUsd: 1234.56,
    isExtraUsage: true,
  };
  for (const client of [`=2+3,"x"`, "a".repeat(40)])
    log.add(turnRecord({ at, caller: { dialect: "chat", client }, ...big }));
  log.add(turnRecord({ at, outcome: "cli_failed", fault: "server" }));
  log.close();
  const { code, stdout } = await run("--by", "client");
  expect(code).toBe(0);
  expect(Math.max(...stdout.split("\n").map((line) => Bun.stringWidth(line)))).toBeLessThanOrEqual(80);
  expect(stdout).toMatch(/^curl +1 +1 /m);
  expect(stdout).toContain(" $1234 ");
  expect(stdout).toEndWith("2 requests were paid for as extra usage, beside the plan.\n");
  expect((await run("--by", "client", "--csv")).stdout).toContain(`\n"'=2+3,""x""",1,`);
  expect(JSON.parse((await run("--json")).stdout)).toMatchObject({ schemaVersion: 1, totals: [{ requests: 3 }] });
});

test("one form at a time", async () => {
  expect(await run("--json", "--csv")).toMatchObject({ code: 2, stderr: expect.stringContaining("--json and --csv") });
});

test("watching ends with the signal, and clears a terminal alone", async () => {
  for (const isTerminal of [true, false]) {
    const [written, stop]: [string[], AbortController] = [[], new AbortController()];
    const { terminal } = surroundingsOf({ isTerminal }, (_, text) => {
      written.push(text);
      stop.abort();
    });
    const code = await showAgain(async () => "all", { terminal, signal: stop.signal, isWatching: true });
    expect([code, written[0]]).toEqual([0, isTerminal ? "\u001b[H\u001b[2Jall" : "all"]);
  }
});

test.each<[number, string]>([
  [0, "0"],
  [999, "999"],
  [1000, "1.0k"],
  [1999, "1.9k"],
  [34_999, "34k"],
  [5_600_000, "5.6M"],
])("%d is told as %s", (number, text) => expect(count(number)).toBe(text));

test("costs say when some of them is not known, and nothing when none is", () => {
  const told = [0.126, 123.9, 12_345].map((costUsd) => dollars({ costUsd, unpriced: 0 }));
  expect(told).toEqual(["$0.13", "$123", "$12k"]);
  expect([dollars({ costUsd: 1, unpriced: 2 }), dollars({ costUsd: null, unpriced: 2 })]).toEqual(["$1.00+", ""]);
});

test("parts are told as percent, and as bars, of which something is seen where there is something", () => {
  expect([share(1, 3), share(0, 0)]).toEqual(["33%", ""]);
  expect([0, 0.001, 0.5, 1, 7].map((part) => bar(part, 10))).toEqual(["", "▏", "█████", "██████████", "██████████"]);
});
