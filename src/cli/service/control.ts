import type { Config } from "../../config/config.ts";
import type { Call } from "../command.ts";
import { flagValue } from "../command-line/settings.ts";
import { askWhoListens, serverUrl } from "../running-server/who-listens.ts";
import { awaitAnswer } from "./await-answer.ts";
import { configOf, defineService } from "./define-service.ts";
import { environmentFilePath, refuseOpenFile } from "./environment-file.ts";
import { type Found, findInstalled, findService } from "./find-service.ts";
import { serviceCommand } from "./instance.ts";
import { DRY_RUN, FOLLOW, LINES } from "./options.ts";
import { carryOut } from "./plan.ts";

export const start = (call: Call) => bringUp(call, "start");
export const restart = (call: Call) => bringUp(call, "restart");

async function bringUp(call: Call, how: "start" | "restart"): Promise<number> {
  const { surroundings } = call;
  const { manager, definition } = await findInstalled(surroundings);
  refuseOpenFile(surroundings);
  if (!surroundings.system.isExecutable(definition.executable)) {
    throw new Error(
      `the service runs ${definition.executable}, and there is no such program any more. Run \`${serviceCommand(surroundings, "install")}\` ` +
        "again, with the flags it had.",
    );
  }
  const { config } = configOf(definition, surroundings);
  const title = `${how === "start" ? "Start" : "Restart"} the ${manager.name}`;
  return (await carryOut(manager[how](), title, call)) ? awaitAnswer(config, manager, surroundings) : 0;
}

export async function stop(call: Call): Promise<number> {
  const { manager } = await findInstalled(call.surroundings);
  const isDone = await carryOut(manager.stop(), `Stop the ${manager.name}`, call);
  if (isDone)
    call.surroundings.terminal.write(
      `The service is stopped. \`${serviceCommand(call.surroundings, "start")}\` starts it again.\n`,
    );
  return 0;
}

export async function uninstall(call: Call): Promise<number> {
  const { surroundings } = call;
  const { terminal, system } = surroundings;
  const { manager, content } = await findService(surroundings);
  if (content === undefined) {
    terminal.write("The service is not installed: there is nothing to remove.\n");
    return 0;
  }
  await findInstalled(surroundings);
  if (!(await carryOut(manager.uninstall(), `Uninstall the ${manager.name}`, call))) return 0;
  terminal.write("The service is removed. Settings, stored responses and the program itself stay.\n");
  const path = environmentFilePath(surroundings);
  if (system.exists(path)) terminal.write(`So does ${path}, which you wrote: remove it if it holds a login.\n`);
  return 0;
}

export async function logs(call: Call): Promise<number> {
  const { manager } = await findInstalled(call.surroundings);
  const argv = manager.logs({ lines: flagValue(LINES, call), follow: flagValue(FOLLOW, call) });
  const code = await call.surroundings.system.attach(argv);
  if (code === undefined) throw new Error(`there is no ${argv[0]} here, which shows the log (${manager.logPlace}).`);
  if (code === 0 || flagValue(FOLLOW, call)) return 0;
  throw new Error(`the log (${manager.logPlace}) could not be shown. ${manager.withoutLogs}`);
}

export async function install(call: Call): Promise<number> {
  const { surroundings } = call;
  const { terminal } = surroundings;
  const { definition, config, warnings } = defineService(call);
  const found = await findService(surroundings);
  const { manager, content } = found;
  refuseOpenFile(surroundings);
  if (content !== undefined && found.definition === undefined && surroundings.platform !== "darwin") {
    throw new Error(`${manager.file} was not written by this program. Move it away first, or remove it.`);
  }
  for (const warning of warnings) {
    terminal.writeError(`${terminal.errorStyle.yellow("Note:")} ${warning} ${whereSecretsGo(surroundings)}\n`);
  }
  const obstacle = await findObstacle(config, found, call);
  const plan = manager.install(definition, content);
  const title = `${found.definition === undefined ? "Install" : "Replace"} the ${manager.name}`;
  const isDone = (obstacle === undefined || flagValue(DRY_RUN, call)) && (await carryOut(plan, title, call));
  if (obstacle !== undefined) throw new Error(obstacle);
  if (!isDone) return 0;
  const code = await awaitAnswer(config, manager, surroundings);
  terminal.write(`${manager.runsWhen(await manager.state())}\nIts log: ${serviceCommand(surroundings, "logs")}\n`);
  return code;
}

function whereSecretsGo(surroundings: Call["surroundings"]): string {
  const mode = surroundings.platform === "win32" ? "" : " mode 0600,";
  return `What the service alone may know goes into ${environmentFilePath(surroundings)},${mode} as NAME=value.`;
}

/** Why the service could not listen; undefined where it can. */
async function findObstacle(config: Config, found: Found, { surroundings }: Call): Promise<string | undefined> {
  const occupant = await askWhoListens(config);
  const otherwise = "or choose another port with --port.";
  switch (occupant.kind) {
    case "nobody":
      return undefined;
    case "ours": {
      if (await isOwn(config, found, surroundings)) return undefined;
      return `a claude-max-api that is not this service already listens at ${serverUrl(config)}. Stop it where it was started, ${otherwise}`;
    }
    case "older-package":
      // Its agent of our label is about to be unloaded.
      if (found.content !== undefined && found.definition === undefined) return undefined;
      return (
        `the package claude-max-api-proxy already listens at ${serverUrl(config)}. Stop it where it was started, and whatever starts ` +
        `it (on macOS an agent: see ~/Library/LaunchAgents), ${otherwise}`
      );
    case "foreign":
      return `another program already listens at ${serverUrl(config)} (${occupant.answer}). Stop it, ${otherwise}`;
  }
}

/** Whether the server there is the one that is about to be replaced. */
async function isOwn(config: Config, { manager, definition }: Found, surroundings: Call["surroundings"]) {
  if (definition === undefined || !(await manager.state()).isRunning) return false;
  return configOf(definition, surroundings).config.port === config.port;
}
