import { commandText } from "../../claude/cli/shell-commands.ts";
import type { Config } from "../../config/config.ts";
import { ConfigError } from "../../config/errors.ts";
import type { Call, Surroundings } from "../command.ts";
import { flagValue } from "../command-line/settings.ts";
import { askWhoListens, type Occupant, serverUrl } from "../running-server/who-listens.ts";
import { advice, describeHealth } from "./await-answer.ts";
import { configOf } from "./define-service.ts";
import type { ServiceDefinition } from "./definition.ts";
import { type Found, findService } from "./find-service.ts";
import { serviceCommand } from "./instance.ts";
import type { ServiceState } from "./manager.ts";
import { JSON_OUTPUT } from "./options.ts";

/** As `systemctl status` has it. */
const NOT_RUNNING = 3;

/** Exit code 0: it runs and answers; 1: it runs and does not answer; 3: it does not run. */
export async function status(call: Call): Promise<number> {
  const { surroundings } = call;
  const found = await findService(surroundings);
  const report = await inspectService(found, surroundings);
  if (flagValue(JSON_OUTPUT, call)) surroundings.terminal.write(`${JSON.stringify(asJson(found, report), null, 2)}\n`);
  else for (const line of asText(found, report, surroundings)) surroundings.terminal.write(`${line}\n`);
  if (!report.state.isRunning) return NOT_RUNNING;
  return report.occupant.kind === "ours" ? 0 : 1;
}

export type Report = Awaited<ReturnType<typeof inspectService>>;

/** Asks the platform, and the server at the service's address, if its settings are understood. `notes`: what is not as it should be. */
export async function inspectService({ manager, content, definition }: Found, surroundings: Surroundings) {
  const nobody: Occupant = { kind: "nobody" };
  if (definition === undefined) {
    const notes = content === undefined ? [] : [`${manager.file} was not written by this program.`];
    const state: ServiceState = { isEnabled: false, isRunning: false, detail: "not installed" };
    const unknown = { config: undefined, settingsProblem: undefined, url: undefined, since: undefined };
    return { ...unknown, state, occupant: nobody, notes };
  }
  const state = await manager.state();
  const settings = settingsFrom(definition, surroundings);
  const occupant: Occupant = settings.config === undefined ? nobody : await askWhoListens(settings.config);
  const health = occupant.kind === "ours" ? occupant.health : undefined;
  const { system, version } = surroundings;
  const url = settings.config === undefined ? undefined : serverUrl(settings.config);
  const notes = [
    ...(settings.problem === undefined ? [] : [`It cannot start with its settings: ${settings.problem}`]),
    ...(system.isExecutable(definition.executable)
      ? []
      : [`${definition.executable} is not there any more: run \`${serviceCommand(surroundings, "install")}\` again.`]),
    ...(health?.version !== undefined && health.version !== version
      ? [
          `The server is version ${health.version}, this program ${version}: \`${serviceCommand(surroundings, "restart")}\` starts what is installed.`,
        ]
      : []),
    ...(state.isRunning || occupant.kind === "nobody" ? [] : [`Something else listens at ${url}.`]),
    ...(state.isRunning && occupant.kind === "foreign" ? [`Another program answers there (${occupant.answer}).`] : []),
    ...(health === undefined ? [] : advice(health, surroundings)),
  ];
  const uptime = health?.uptime_seconds;
  const since = uptime === undefined || !state.isRunning ? undefined : new Date(Date.now() - uptime * 1000);
  return { state, config: settings.config, settingsProblem: settings.problem, url, occupant, since, notes };
}

/** What the service would run with, or why it would not. */
function settingsFrom(
  definition: ServiceDefinition,
  surroundings: Surroundings,
): { config?: Config; problem?: string } {
  try {
    return { config: configOf(definition, surroundings).config };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problem: error.message };
  }
}

function asText({ manager, definition }: Found, report: Report, surroundings: Surroundings): string[] {
  const { terminal, platform } = surroundings;
  const { style } = terminal;
  const { state, url, occupant, since, notes } = report;
  const line = (label: string, text: string) => `  ${style.bold(label.padEnd(11))}${text}`;
  if (definition === undefined) {
    return [
      `The service is not installed (${manager.name}).`,
      ...notes,
      `Install it with: ${serviceCommand(surroundings, "install")}`,
    ];
  }
  const running = state.isRunning ? style.green("yes") : style.red("no");
  const pid = state.pid === undefined ? "" : `, process ${state.pid}`;
  const from = since === undefined ? "" : `, since ${since.toISOString().replace(/\.\d+Z$/, "Z")}`;
  return [
    style.bold(manager.name),
    line("Running", `${running}, ${state.detail}${pid}${from}`),
    line("Enabled", state.isEnabled ? `yes. ${manager.runsWhen(state)}` : "no: it does not start by itself"),
    line(
      "Answers",
      occupant.kind === "ours" && url ? describeHealth(occupant.health, url) : `nothing of ours at ${url}`,
    ),
    line("Runs", commandText([definition.executable, ...definition.flags], platform)),
    line("Installed", `${manager.file} (by version ${definition.version})`),
    line("Log", `${manager.logPlace}: ${serviceCommand(surroundings, "logs")}`),
    ...notes.map((note) => (note.startsWith(" ") ? note : `  ${style.yellow(note)}`)),
  ];
}

function asJson({ manager, definition }: Found, { state, url, occupant, since, notes }: Report) {
  const health = occupant.kind === "ours" ? occupant.health : undefined;
  return {
    installed: definition !== undefined,
    enabled: state.isEnabled,
    running: state.isRunning,
    pid: state.pid ?? null,
    since: since?.toISOString() ?? null,
    state: state.detail,
    lingers: state.lingers ?? null,
    url: url ?? null,
    answers: occupant.kind,
    health: health?.status ?? null,
    version: health?.version ?? null,
    program: definition?.executable ?? null,
    flags: definition?.flags ?? null,
    installed_by: definition?.version ?? null,
    manager: manager.name,
    file: manager.file,
    log: manager.logPlace,
    notes,
  };
}
