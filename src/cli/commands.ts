import type { Commands } from "./command.ts";
import { connectCommand } from "./connect/command.ts";
import { serveCommand } from "./serve/command.ts";

/** Every command there is, in the order of the help. */
export const COMMANDS = {
  serve: serveCommand,
  connect: connectCommand,
} satisfies Commands;

export const DEFAULT_COMMAND = "serve" satisfies keyof typeof COMMANDS;
