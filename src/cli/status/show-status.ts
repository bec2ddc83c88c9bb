import type { Config } from "../../config/config.ts";
import { windowTitle } from "../../usage/usage-log.ts";
import type { Call } from "../command.ts";
import { whereServerIs } from "../running-server/find-server.ts";
import { askWhoListens, type ServerHealth, serverUrl } from "../running-server/who-listens.ts";
import { interruptible } from "../terminal/signals.ts";
import { showAgain } from "../terminal/terminal.ts";
import { bar, count, dollars, renderTable, type Style, share } from "../terminal/text.ts";
import { daysBefore, promptOf, readUsage, type Usage } from "../usage/read-usage.ts";

/** Prints what the server does. The exit code says whether it can answer. */
export async function showStatus(call: Call, isWatching: boolean): Promise<number> {
  const { surroundings } = call;
  const { terminal } = surroundings;
  const config = await whereServerIs(call);
  return interruptible(async (signal) => {
    let isWell = false;
    const show = async () => {
      const occupant = await askWhoListens(config);
      isWell = occupant.kind === "ours" && occupant.health.status !== "unavailable";
      if (occupant.kind !== "ours") return `${terminal.style.red("No server")} answers at ${serverUrl(config)}.\n`;
      const usage = await readUsage({ config, surroundings, from: daysBefore(0), signal });
      return renderStatus(occupant.health, usage, config, terminal.style);
    };
    const code = await showAgain(show, { terminal, signal, isWatching });
    return isWell ? code : 1;
  });
}

function renderStatus(health: ServerHealth, usage: Usage, config: Config, style: Style): string {
  const { status, problem, version, cli, login, uptime_seconds: uptime, workers } = health;
  const mark = { ok: style.green, starting: style.yellow, unavailable: style.red }[status];
  const lines = [
    ["Server", `${mark(status)}  ${serverUrl(config)}${version === undefined ? "" : `  version ${version}`}`],
    ...(problem ? [["Problem", problem.message]] : []),
    ...(uptime === undefined ? [] : [["Runs for", duration(uptime)]]),
    ...(cli ? [["Claude CLI", cli.version]] : []),
    ...(login === undefined ? [] : [["Login", login]]),
    ...(workers
      ? [
          [
            "Processes",
            `${workers.busy} busy, ${workers.parked} waiting for results, ${workers.ready} ready, ${workers.starting} starting`,
          ],
          ["Waiting", requests(workers.queued)],
        ]
      : []),
    ["Today", today(usage)],
    ...extraUsage(usage, style),
  ];
  const width = Math.max(...lines.map(([name = ""]) => name.length));
  const facts = lines.map(([name = "", value = ""]) => `${style.bold(name.padEnd(width))}  ${value}\n`).join("");
  return facts + renderLimits(usage, style) + renderRunning(usage, style);
}

function today({ totals: [all] }: Usage): string {
  if (all === undefined) return "nothing was asked";
  const prompt = promptOf(all);
  const cached = share(all.cacheReadTokens, prompt);
  const cost = all.costUsd === null ? "" : `, ${dollars(all)} at list price`;
  return `${requests(all.requests)}, ${count(prompt)} tokens in (${cached || "0%"} cached), ${count(all.outputTokens)} out${cost}`;
}

function requests(number: number): string {
  return number === 1 ? "1 request" : `${count(number)} requests`;
}

function extraUsage({ extraUsage: { inUse, until } }: Usage, style: Style): string[][] {
  if (!inUse) return [];
  const end = until === null ? "" : ` until ${new Date(until).toLocaleString()}`;
  return [["Extra usage", style.yellow(`answers are paid for beside the plan${end}`)]];
}

function renderLimits({ limits }: Usage, style: Style): string {
  if (limits.length === 0) return "";
  const rows = limits.map(({ window, utilization, status, resetsAt }) => [
    windowTitle(window),
    utilization === null ? "" : bar(utilization, 20),
    utilization === null ? "" : `${Math.round(utilization * 100)}%`,
    status ?? "",
    resetsAt === null ? "" : new Date(resetsAt).toLocaleString(),
  ]);
  return `\n${renderTable(["LIMIT", "", "USED", "STATE", "RESETS"].map(style.bold), rows)}`;
}

function renderRunning({ running, observedAt }: Usage, style: Style): string {
  if (running.length === 0) return "";
  const rows = running.map(({ client, key, model, state, startedAt }) => [
    style.cyan(key ?? client),
    model,
    state,
    duration((Date.parse(observedAt) - Date.parse(startedAt)) / 1000),
  ]);
  return `\n${renderTable(["RUNS FOR", "MODEL", "STATE", "SINCE"].map(style.bold), rows)}`;
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}
