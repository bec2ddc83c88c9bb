import type { Config } from "../../config/config.ts";
import type { Call } from "../command.ts";
import { flagValue } from "../command-line/settings.ts";
import { askWhoListens, serverUrl } from "../running-server/who-listens.ts";
import { awaitAnswer } from "./await-answer.ts";
import { configOf, defineService } from "./define-service.ts";
import { environmentFilePath, refuseOpenFile } from "./environment-file.ts";
import { type Found, findService } from "./found.ts";
import { serviceCommand } from "./instance.ts";
import { DRY_RUN } from "./options.ts";
import { carryOut } from "./show-plan.ts";

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
    terminal.writeError(`${terminal.errorStyle.yellow("Note:")} ${warning} ${putItThere(surroundings)}\n`);
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

function putItThere(surroundings: Call["surroundings"]): string {
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
