import type { Call } from "../command.ts";
import { whereServerIs } from "../running-server/find-server.ts";
import { interruptible } from "../terminal/signals.ts";
import { showAgain } from "../terminal/terminal.ts";
import { bar, count, dollars, renderTable, type Style, share } from "../terminal/text.ts";
import { daysBefore, promptOf, readUsage, type Total } from "./read-usage.ts";

type ShowUsageOptions = {
  readonly days: number;
  readonly by: "model" | "client" | "day";
  readonly form: "table" | "json" | "csv";
  readonly isWatching: boolean;
};

/** Prints what was used. */
export async function showUsage(call: Call, { days, by, form, isWatching }: ShowUsageOptions): Promise<number> {
  const { surroundings } = call;
  const { terminal } = surroundings;
  const config = await whereServerIs(call);
  return interruptible(async (signal) => {
    const show = async () => {
      const usage = await readUsage({ config, surroundings, from: daysBefore(days - 1), by, signal });
      if (form === "json") return `${JSON.stringify(usage, null, 2)}\n`;
      if (form === "csv") return renderCsv(by, usage.totals);
      return renderUsage(by, usage.totals, terminal.style, days);
    };
    return await showAgain(show, { terminal, signal, isWatching });
  });
}

function renderUsage(by: string, totals: readonly Total[], style: Style, days: number): string {
  if (totals.length === 0) return `Nothing was asked ${days === 1 ? "today" : `in the last ${days} days`}.\n`;
  const most = Math.max(...totals.map(tokensOf));
  const rows = totals.map((total) => [
    style.cyan(shortened(total.name)),
    count(total.requests),
    failures(total, style),
    count(promptOf(total)),
    share(total.cacheReadTokens, promptOf(total)),
    count(total.outputTokens),
    seconds(total.firstTokenMs),
    dollars(total),
    bar(most === 0 ? 0 : tokensOf(total) / most, BAR),
  ]);
  const heading = [by.toUpperCase(), "ASKED", "FAILED", "IN", "CACHED", "OUT", "FIRST", "COST", ""];
  return renderTable(heading.map(style.bold), rows) + paid(totals, style);
}

// So that all of it fits into 80 columns.
const LONGEST_NAME = 18;
const BAR = 5;

/** Said only where it was so: it is money. */
function paid(totals: readonly Total[], style: Style): string {
  const turns = totals.reduce((sum, { extraUsage }) => sum + extraUsage, 0);
  const were = turns === 1 ? "1 request was" : `${turns} requests were`;
  return turns === 0 ? "" : `\n${style.yellow(`${were} paid for as extra usage, beside the plan.`)}\n`;
}

function seconds(ms: number | null): string {
  if (ms === null) return "";
  return ms < 99_995 ? `${(ms / 1000).toFixed(2)} s` : `${Math.floor(ms / 1000)} s`;
}

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}

function failures({ failed }: Total, style: Style): string {
  const all = Object.values(failed).reduce((sum, number) => sum + number, 0);
  return all === 0 ? "0" : style.red(count(all));
}

function tokensOf(total: Total): number {
  return promptOf(total) + total.outputTokens;
}

function renderCsv(by: string, totals: readonly Total[]): string {
  const rows = totals.map(({ name, failed, firstTokenMs, costUsd, ...rest }) => ({
    [by]: name,
    ...rest,
    failedByClient: failed.client,
    failedByPlan: failed.plan,
    failedByUpstream: failed.upstream,
    failedByServer: failed.server,
    firstTokenMs: firstTokenMs ?? "",
    costUsd: costUsd ?? "",
  }));
  const [first] = rows;
  if (first === undefined) return "";
  const line = (cells: readonly unknown[]) => `${cells.map((cell) => quoted(String(cell))).join(",")}\n`;
  return [Object.keys(first), ...rows.map((row) => Object.values(row))].map(line).join("");
}

/** As RFC 4180 has it; a name that a spreadsheet would take for a formula becomes a text. */
function quoted(cell: string): string {
  const text = /^[=+\-@]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
