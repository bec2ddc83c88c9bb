import { type ArgsDef, parseArgs } from "citty";
import { didYouMean } from "../../config/nearest.ts";
import type { AnyOption } from "../../config/option.ts";
import { OPTIONS } from "../../config/options.ts";
import type { Flags } from "../../config/sources.ts";
import { type Command, type Operands, UsageError } from "../command.ts";

/**
 * Reads a command's flags. citty reads the single flag; which words belong together, and whether they may stand there at all, is
 * decided here, since citty takes unknown flags for granted and keeps only the last of several equal ones.
 */
export function readFlags(words: readonly string[], command: Command, path: readonly string[]): ReadWords {
  const options = optionsOf(command);
  const definitions = toCittyArgs(options);
  const flags = new Map<string, string[]>();
  const operands: string[] = [];
  for (const group of groupWords(words, options)) {
    if (typeof group === "string") {
      operands.push(group);
      continue;
    }
    const { flag, kind } = group.option;
    const value = parseArgs([...group.words], definitions)[flag];
    if (value === undefined || value === "") throw missingValue(group);
    const earlier = flags.get(flag) ?? [];
    if (earlier.length > 0 && kind.takes !== "many") {
      throw new UsageError(`--${flag} is given twice; it can be given once.`);
    }
    flags.set(flag, [...earlier, String(value)]);
  }
  const left = command.bareNumber ? withoutBareNumber(operands, flags, command.bareNumber) : operands;
  checkOperands(left, command.operands, path.join(" "));
  return { flags: Object.fromEntries(flags), operands: left };
}

/** Help is for every command, whether or not its table names it. */
export function optionsOf({ options }: Command): readonly AnyOption[] {
  return options.includes(OPTIONS.help) ? options : [...options, OPTIONS.help];
}

export type ReadWords = { readonly flags: Flags; readonly operands: readonly string[] };

/** A flag with its value, if that is a word of its own; `next` is the word after the flag in any case. */
type FlagGroup = { readonly option: AnyOption; readonly words: readonly string[]; readonly next: string | undefined };

/** The flags and, as plain texts, the words that belong to none. Lazy, so that the first mistake of a line is the one reported. */
function* groupWords(words: readonly string[], options: readonly AnyOption[]): Generator<FlagGroup | string> {
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      yield* rest;
      return;
    }
    if (!looksLikeFlag(word)) {
      yield word;
      continue;
    }
    const option = findOption(word, options);
    const next = rest[0];
    const valueFollows =
      option.kind.takes !== "none" && !word.includes("=") && next !== undefined && !looksLikeFlag(next);
    if (valueFollows) rest.shift();
    yield { option, words: valueFollows ? [word, next] : [word], next };
  }
}

function toCittyArgs(options: readonly AnyOption[]): ArgsDef {
  const entries = options.map(({ flag, short, kind }) => [
    flag,
    { type: kind.takes === "none" ? ("boolean" as const) : ("string" as const), ...(short && { alias: short }) },
  ]);
  return Object.fromEntries(entries);
}

/** A negative number is a value, if a wrong one: what is wrong with it is for the option to say. */
function looksLikeFlag(word: string): boolean {
  return /^-[^\d]/.test(word);
}

function findOption(word: string, options: readonly AnyOption[]): AnyOption {
  const [name = ""] = word.split("=", 1);
  const isSwitch = (option: AnyOption) => option.kind.takes === "none";
  const option =
    options.find((option) => isNamed(option, name)) ??
    options.find((option) => isSwitch(option) && name === `--no-${option.flag}`);
  if (option === undefined) {
    const known = options.map(({ flag }) => `--${flag}`);
    throw new UsageError(`unknown option ${name}.${didYouMean(name, known)}`);
  }
  if (isSwitch(option) && word.includes("=")) {
    throw new UsageError(`--${option.flag} takes no value: write --${option.flag} or --no-${option.flag}.`);
  }
  return option;
}

export function isNamed({ flag, short }: AnyOption, word: string): boolean {
  return word === `--${flag}` || (short !== undefined && word === `-${short}`);
}

function missingValue({ option, words, next }: FlagGroup): UsageError {
  const dash = words.length === 1 && next !== undefined && looksLikeFlag(next);
  const hint = dash ? ` (A value that begins with a dash is written --${option.flag}=VALUE.)` : "";
  return new UsageError(`--${option.flag} needs a value: ${option.kind.accepts}.${hint}`);
}

/** Takes out the word that stands for an option, such as a port. */
function withoutBareNumber(operands: readonly string[], flags: Map<string, string[]>, option: AnyOption): string[] {
  return operands.filter((word) => {
    if (!/^\d+$/.test(word)) return true;
    if (flags.has(option.flag))
      throw new UsageError(`the ${option.flag} is given twice: ${word} and --${option.flag}.`);
    flags.set(option.flag, [word]);
    return false;
  });
}

const NO_OPERANDS: Partial<Operands> = { most: 0 };

function checkOperands(words: readonly string[], operands: Operands | undefined, name: string): void {
  const { accepts = "", least = 0, most = Number.POSITIVE_INFINITY, choices, takesOthers } = operands ?? NO_OPERANDS;
  const known = Object.keys(choices ?? {});
  const list = choices === undefined ? "" : `: ${known.join(", ")}`;
  const excess = words[most];
  if (excess !== undefined) throw new UsageError(`unexpected argument ${JSON.stringify(excess)}.`);
  if (words.length < least) throw new UsageError(`${name} needs ${accepts}${list}.`);
  const unknown =
    choices === undefined || takesOthers ? undefined : words.find((word) => !Object.hasOwn(choices, word));
  if (unknown === undefined) return;
  throw new UsageError(`${JSON.stringify(unknown)} is not ${accepts}${list}.${didYouMean(unknown, known)}`);
}
