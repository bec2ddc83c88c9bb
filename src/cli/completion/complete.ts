import type { AnyOption } from "../../config/option.ts";
import type { Command, Commands } from "../command.ts";
import { findCommand } from "../command-line/parse-command-line.ts";
import { isNamed, optionsOf } from "../command-line/read-flags.ts";
import { COMMANDS, DEFAULT_COMMAND } from "../commands.ts";

/** A word that may stand where the cursor is, and what it means. */
export type Completion = { readonly word: string; readonly description: string };

/** What completes the current word, by the tables that the command line and the help are made of; none where only a file could. */
export function complete(before: readonly string[], current: string): Completion[] {
  if (before.includes("--")) return [];
  const [first, ...others] = before;
  const isHelp = first === "help";
  const words = isHelp ? others : before;
  const { command } = findCommand(words, COMMANDS);
  // Where flags of the default command stand, no command follows any more.
  const commands: Commands = command ? (command.commands ?? {}) : words.length === 0 ? COMMANDS : {};
  const fitting = (all: readonly Completion[]) => all.filter(({ word }) => word.startsWith(current));
  if (isHelp) return fitting(commandWords(commands));
  const meant: Command = command ?? COMMANDS[DEFAULT_COMMAND];
  const options = optionsOf(meant);
  const awaited = options.find((option) => isNamed(option, before.at(-1) ?? ""));
  if (awaited && awaited.kind.takes !== "none") {
    const { description } = awaited;
    return fitting((awaited.kind.choices ?? []).map((word) => ({ word, description })));
  }
  if (current.startsWith("-")) return fitting(flagWords(options));
  const operands = Object.entries(meant.operands?.choices ?? {}).map(([word, description]) => ({
    word,
    description,
  }));
  const help = words.length > 0 ? [] : [{ word: "help", description: "Explain a command" }];
  return fitting([...commandWords(commands), ...help, ...operands]);
}

function commandWords(commands: Commands): Completion[] {
  return Object.entries(commands).map(([word, { summary }]) => ({ word, description: summary }));
}

function flagWords(options: readonly AnyOption[]): Completion[] {
  return options.flatMap(({ flag, description, default: usual }) => [
    { word: `--${flag}`, description },
    ...(usual === true ? [{ word: `--no-${flag}`, description: `Not: ${description}` }] : []),
  ]);
}
