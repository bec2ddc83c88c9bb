import type { AnyOption } from "../config/option.ts";
import { ALL_OPTIONS, OPTIONS } from "../config/options.ts";

export const PROGRAM = "claude-max-api";

/** One sub-command, as far as the command line and the help need to know it. */
export type Command = {
  readonly description: string;
  readonly options: readonly AnyOption[];
  /** The option that a lone number without a flag sets. */
  readonly bareNumber?: AnyOption;
};

export const COMMANDS = {
  serve: {
    description: "Start the server (the default)",
    options: ALL_OPTIONS,
    // The package of the same name took its port like this: existing scripts and services go on working.
    bareNumber: OPTIONS.port,
  },
} satisfies Record<string, Command>;

export type CommandName = keyof typeof COMMANDS;

export const DEFAULT_COMMAND: CommandName = "serve";

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
