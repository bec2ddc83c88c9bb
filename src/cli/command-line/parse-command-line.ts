import { didYouMean } from "../../config/nearest.ts";
import type { AnyOption } from "../../config/option.ts";
import { OPTIONS } from "../../config/options.ts";
import type { Flags } from "../../config/sources.ts";
import { type Command, type Commands, type Run, UsageError } from "../command.ts";
import { COMMANDS, DEFAULT_COMMAND } from "../commands.ts";
import { COMPLETE } from "../completion/shells.ts";
import { isNamed, readFlags } from "./read-flags.ts";

export type CommandLine =
  | { readonly kind: "run"; readonly run: Run; readonly flags: Flags; readonly operands: readonly string[] }
  /** Help on the command that these words name; on the program where there are none. */
  | { readonly kind: "help"; readonly path: readonly string[] }
  | { readonly kind: "version" }
  /** What completes the current word behind those before it, for a shell. */
  | { readonly kind: "completions"; readonly before: readonly string[]; readonly current: string };

/** What the words after the program's name ask for. Throws UsageError. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const [first = "", second = "", ...others] = argv;
  if (first === COMPLETE) return { kind: "completions", before: others, current: second.replace(/^=/, "") };
  if (first === "version" && argv.length === 1) return { kind: "version" };
  if (first === "help") return { kind: "help", path: findCommand(argv.slice(1), COMMANDS, { strict: true }).path };
  const { path, command, rest } = findCommand(argv, COMMANDS);
  // Whoever asks for help gets it, whatever else is wrong with the line.
  if (asksFor(OPTIONS.help, argv)) return { kind: "help", path };
  if (asksFor(OPTIONS.version, argv)) return { kind: "version" };
  // A word in the first place is meant as a command.
  if (command === undefined && /^[a-z]/i.test(first)) throw unknownCommand(first, COMMANDS);
  const meant: Command = command ?? COMMANDS[DEFAULT_COMMAND];
  if (meant.commands) throw incomplete(path, meant.commands, rest);
  try {
    return { kind: "run", run: meant.run, ...readFlags(rest, meant, path) };
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.message, path) : error;
  }
}

type Found = {
  readonly path: readonly string[];
  readonly command: Command | undefined;
  readonly rest: readonly string[];
};

/** The command that the first words name, as deep as they go. Strict: every word must name one. */
export function findCommand(words: readonly string[], commands: Commands, { strict = false } = {}): Found {
  const [word, ...others] = words;
  const command = word !== undefined && Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (word === undefined || command === undefined) {
    if (strict && word !== undefined) throw unknownCommand(word, commands);
    return { path: [], command: undefined, rest: words };
  }
  const inner = findCommand(others, command.commands ?? {}, { strict });
  return { path: [word, ...inner.path], command: inner.command ?? command, rest: inner.rest };
}

/** What people try first, by what other programs call it. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  start: "serve, or service start",
  run: "serve",
  stop: "service stop (a server in a terminal ends with Ctrl-C)",
  restart: "service restart",
  logs: "service logs",
  log: "service logs",
  install: "service install",
  uninstall: "service uninstall",
  chat: "ask",
  prompt: "ask",
  upgrade: "update",
  list: "models",
  ls: "models",
  health: "status",
  ps: "status",
  setup: "connect",
  stats: "usage",
};

function unknownCommand(word: string, commands: Commands): UsageError {
  const meant = commands === COMMANDS && Object.hasOwn(OTHER_WORDS, word) ? OTHER_WORDS[word] : undefined;
  const hint = meant === undefined ? didYouMean(word, Object.keys(commands)) : ` Did you mean ${meant}?`;
  return new UsageError(`unknown command ${JSON.stringify(word)}.${hint}`);
}

/** A command that only has others was given without one of them. */
function incomplete(path: readonly string[], commands: Commands, [next]: readonly string[]): UsageError {
  const names = Object.keys(commands);
  const given = next === undefined ? "" : `, not ${JSON.stringify(next)}.${didYouMean(next, names)}`;
  return new UsageError(`${path.join(" ")} needs one of ${names.join(", ")}${given || "."}`, path);
}

function asksFor(option: AnyOption, argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? undefined : end).some((word) => isNamed(option, word));
}
