import { commandText, remedyFor, withoutRecovery } from "../../claude/cli/shell-commands.ts";
import type { Config } from "../../config/config.ts";
import { messageOf } from "../../config/errors.ts";
import { PROGRAM, type Surroundings } from "../command.ts";
import { type ServiceDefinition, startsOlderPackage } from "../service/definition.ts";
import { findService } from "../service/find-service.ts";
import { inspectService, type Report } from "../service/status.ts";
import type { Told } from "./finding.ts";

export const RESTART_SERVICE = `${PROGRAM} service restart`;

/** Whether the server is started by the system, which it need not be; where it is, whether that works. */
export function checkService(
  service: InstalledService,
  settings: Pick<Config, "port"> | undefined,
  surroundings: Surroundings,
): Told {
  switch (service.kind) {
    case "none":
      return { status: "ok", message: "None is installed: the server runs as long as you let it." };
    case "unknown":
      return { status: "not_checked", message: `Not checked: ${service.reason}` };
    case "other":
      return othersService(service, surroundings);
    case "ours":
      return { ...ownService(service, settings, surroundings), facts: factsOf(service) };
  }
}

type Ours = Extract<InstalledService, { kind: "ours" }>;

function othersService(
  { file, isOlderPackage }: Extract<InstalledService, { kind: "other" }>,
  surroundings: Surroundings,
): Told {
  const finding = { status: "warning", facts: { file } } as const;
  if (!isOlderPackage) return { ...finding, message: `${file} was not written by this program, and is left alone.` };
  return {
    ...finding,
    message: `${file} starts the older npm package claude-max-api-proxy, on the port of this server.`,
    command: stopOlderCommand(surroundings),
  };
}

/** The first thing that is wrong is told: what comes after it may follow from it. */
function ownService(service: Ours, settings: Pick<Config, "port"> | undefined, surroundings: Surroundings): Told {
  const { report, definition, file, hasProgram } = service;
  const { state, occupant, url, settingsProblem } = report;
  if (!hasProgram) {
    const message = `It runs ${definition.executable}, and there is no such program any more.`;
    return { status: "problem", message, command: installCommand(service, surroundings) };
  }
  if (settingsProblem !== undefined) {
    return { status: "problem", message: `It cannot start with its settings: ${settingsProblem}` };
  }
  if (!state.isRunning) {
    const message = `It is installed (${file}) and does not run: ${state.detail}.`;
    if (occupant.kind === "nobody") return { status: "problem", message, command: RESTART_SERVICE };
    return { status: "problem", message: `${message} Something else listens at ${url}: stop that first.` };
  }
  if (occupant.kind === "foreign" || occupant.kind === "older-package") {
    return { status: "problem", message: `It runs, and another program has its place at ${url}: stop that first.` };
  }
  if (occupant.kind === "nobody") {
    const message = `It runs (${state.detail}), and does not answer at ${url}.`;
    return { status: "problem", message, command: RESTART_SERVICE };
  }
  if (!state.isEnabled) {
    const message = `It runs at ${url}, and does not start by itself.`;
    return { status: "warning", message, command: installCommand(service, surroundings) };
  }
  // What it says at the port of the settings is told with the port.
  if (settings?.port === report.config?.port) return { status: "ok", message: `It runs at ${url} (${file}).` };
  const { version, problem, cli } = occupant.health;
  if (problem) {
    const message = `It runs at ${url}, but: ${withoutRecovery(problem.message)}`;
    return { status: "problem", message, command: remedyFor(problem.code, surroundings, cli?.path) };
  }
  if (version !== undefined && version !== surroundings.version) {
    const message = `It runs at ${url} as version ${version}; this is ${surroundings.version}.`;
    return { status: "warning", message, command: RESTART_SERVICE };
  }
  return { status: "ok", message: `It runs at ${url} (${file}).` };
}

/** With the flags that it has: installing replaces them all. */
function installCommand({ definition }: Ours, { platform }: Surroundings): string {
  return commandText([PROGRAM, "service", "install", ...definition.flags], platform);
}

function factsOf({ file, report: { state, url } }: Ours): Told["facts"] {
  return { file, running: state.isRunning, enabled: state.isEnabled, ...(url !== undefined && { url }) };
}

/** The service that starts the server, as the platform's own service manager tells it. */
export type InstalledService =
  | { readonly kind: "none" }
  /** It cannot be asked for here: as root, or where the system has no such manager. */
  | { readonly kind: "unknown"; readonly reason: string }
  /** Something else has its file: `claude-max-api-proxy`, or what is not known. */
  | { readonly kind: "other"; readonly file: string; readonly isOlderPackage: boolean }
  | {
      readonly kind: "ours";
      readonly file: string;
      readonly definition: ServiceDefinition;
      readonly report: Report;
      /** Whether the program that it runs is there. */
      readonly hasProgram: boolean;
    };

/** Never throws: what cannot be found out is an answer, too. */
export async function installedService(surroundings: Surroundings): Promise<InstalledService> {
  try {
    const found = await findService(surroundings);
    const { manager, content, definition } = found;
    const { file } = manager;
    if (content === undefined) return { kind: "none" };
    if (definition === undefined) return { kind: "other", file, isOlderPackage: startsOlderPackage(content) };
    const hasProgram = surroundings.system.isExecutable(definition.executable);
    return { kind: "ours", file, definition, hasProgram, report: await inspectService(found, surroundings) };
  } catch (error) {
    return { kind: "unknown", reason: messageOf(error) };
  }
}

/** Stops the service of the older package, which has the same name. */
export function stopOlderCommand({ platform }: Surroundings): string {
  return platform === "darwin"
    ? "launchctl bootout gui/$(id -u)/com.claude-max-api"
    : `systemctl --user disable --now ${PROGRAM}`;
}
