import { didYouMean } from "../config/nearest.ts";
import type { AnyOption } from "../config/option.ts";
import { OPTIONS } from "../config/options.ts";
import type { Flags } from "../config/sources.ts";
import { COMMANDS, type CommandName, DEFAULT_COMMAND, isCommandName } from "./commands.ts";
import { renderHelp } from "./help.ts";
import { readFlags } from "./read-flags.ts";
import { UsageError } from "./usage-error.ts";

export type CommandLine =
  | { readonly command: CommandName; readonly flags: Flags }
  | { readonly command: "help"; readonly text: string }
  | { readonly command: "version" };

/** What the words after the program's name ask for. Throws UsageError. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const [first = "", ...others] = argv;
  const named = isCommandName(first);
  const command = named ? first : DEFAULT_COMMAND;
  // Whoever asks for help gets it, whatever else is wrong with the line.
  if (asksFor(OPTIONS.help, argv)) return { command: "help", text: renderHelp(command) };
  if (asksFor(OPTIONS.version, argv)) return { command: "version" };
  // A word in the first place is meant as a command.
  if (!named && /^[a-z]/i.test(first)) {
    throw new UsageError(`unknown command ${JSON.stringify(first)}.${didYouMean(first, Object.keys(COMMANDS))}`);
  }
  return { command, flags: readFlags(named ? others : argv, COMMANDS[command]) };
}

function asksFor({ flag, short }: AnyOption, argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  const words = end < 0 ? argv : argv.slice(0, end);
  return words.includes(`--${flag}`) || (short !== undefined && words.includes(`-${short}`));
}
