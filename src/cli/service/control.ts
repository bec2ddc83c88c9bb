import type { Call } from "../command.ts";
import { flagValue } from "../command-line/settings.ts";
import { awaitAnswer } from "./await-answer.ts";
import { configOf } from "./define-service.ts";
import { environmentFilePath, refuseOpenFile } from "./environment-file.ts";
import { findInstalled, findService } from "./found.ts";
import { serviceCommand } from "./instance.ts";
import { FOLLOW, LINES } from "./options.ts";
import { carryOut } from "./show-plan.ts";

export async function start(call: Call): Promise<number> {
  return bringUp(call, "start");
}

export async function restart(call: Call): Promise<number> {
  return bringUp(call, "restart");
}

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
