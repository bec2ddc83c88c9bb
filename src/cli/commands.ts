import { askCommand } from "./ask/command.ts";
import type { Commands } from "./command.ts";
import { completionCommand } from "./completion/command.ts";
import { configCommand } from "./config/command.ts";
import { connectCommand } from "./connect/command.ts";
import { doctorCommand } from "./doctor/command.ts";
import { launchCommand } from "./launch/command.ts";
import { loginCommand, logoutCommand } from "./login/command.ts";
import { modelsCommand } from "./models/command.ts";
import { serveCommand } from "./serve/command.ts";
import { serviceCommand } from "./service/command.ts";
import { statusCommand } from "./status/command.ts";
import { updateCommand } from "./update/command.ts";
import { usageCommand } from "./usage/command.ts";

/** Every command there is, in the order of the help. */
export const COMMANDS = {
  serve: serveCommand,
  connect: connectCommand,
  launch: launchCommand,
  service: serviceCommand,
  login: loginCommand,
  logout: logoutCommand,
  doctor: doctorCommand,
  status: statusCommand,
  usage: usageCommand,
  models: modelsCommand,
  ask: askCommand,
  config: configCommand,
  update: updateCommand,
  completion: completionCommand,
} satisfies Commands;

export const DEFAULT_COMMAND = "serve" satisfies keyof typeof COMMANDS;
