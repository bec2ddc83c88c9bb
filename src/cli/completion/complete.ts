import type { AnyOption } from "../../config/option.ts";
import { OPTIONS } from "../../config/options.ts";
import type { Command, Commands } from "../command.ts";
import { COMMANDS, DEFAULT_COMMAND } from "../commands.ts";

/** A word that may stand where the cursor is, and what it means. */
export type Completion = { readonly word: string; readonly description: string };

/** What completes the current word, by the tables that the command line and the help are made of; none where only a file could. */
export function complete(before: readonly string[], current: string): Completion[] {
  if (before.includes("--")) return [];
  const [first, ...others] = before;
  const isHelp = first === "help";
  const { command, commands, isNamed } = meant(isHelp ? others : before);
  const fitting = (all: readonly Completion[]) => all.filter(({ word }) => word.startsWith(current));
  if (isHelp) return fitting(commandWords(commands));
  const options = [...command.options, ...(command.options.includes(OPTIONS.help) ? [] : [OPTIONS.help])];
  const awaited = optionOf(before.at(-1) ?? "", options);
  if (awaited && awaited.kind.takes !== "none") return fitting(valuesOf(awaited));
  if (current.startsWith("-")) return fitting(flagWords(options));
  const operands = Object.entries(command.operands?.choices ?? {}).map(([word, description]) => ({
    word,
    description,
  }));
  const help = isNamed ? [] : [{ word: "help", description: "Explain a command" }];
  return fitting([...commandWords(commands), ...help, ...operands]);
}

/** The command that the words name, the default one where they name none, and the commands that may follow. */
function meant(words: readonly string[]): { command: Command; commands: Commands; isNamed: boolean } {
  const all: Commands = COMMANDS;
  const [first = "", ...rest] = words;
  let command = Object.hasOwn(all, first) ? all[first] : undefined;
  // Where flags of the default command stand, no command follows any more.
  if (command === undefined) {
    return { command: COMMANDS[DEFAULT_COMMAND], commands: words.length === 0 ? all : {}, isNamed: words.length > 0 };
  }
  for (const word of rest) {
    const inner: Commands = command.commands ?? {};
    command = (Object.hasOwn(inner, word) ? inner[word] : undefined) ?? command;
  }
  return { command, commands: command.commands ?? {}, isNamed: true };
}

function optionOf(word: string, options: readonly AnyOption[]): AnyOption | undefined {
  return options.find(({ flag, short }) => word === `--${flag}` || (short !== undefined && word === `-${short}`));
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

function valuesOf({ kind, description }: AnyOption): Completion[] {
  return (kind.choices ?? []).map((word) => ({ word, description }));
}
