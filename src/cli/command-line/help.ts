import { type AnyOption, OPTION_GROUPS } from "../../config/option.ts";
import { OPTIONS } from "../../config/options.ts";
import { configFilePath } from "../../config/paths.ts";
import { type Command, type Example, PROGRAM } from "../command.ts";
import { COMMANDS, DEFAULT_COMMAND } from "../commands.ts";
import type { Style } from "../terminal/text.ts";
import { findCommand } from "./parse-command-line.ts";
import { optionsOf } from "./read-flags.ts";

const WIDTH = 80;
/** Where the descriptions begin; the longest flag with its placeholder fits before it. */
const COLUMN = 29;

/**
 * The help of the command that the words name, or of the program and its default command where there are none. Written here,
 * because citty's has neither groups nor variables, breaks no lines and colours them even when they go to a file.
 */
export function renderHelp(path: readonly string[], style: Style): string {
  const command: Command = findCommand(path, COMMANDS, { strict: true }).command ?? COMMANDS[DEFAULT_COMMAND];
  const sections = [
    wrap(path.length === 0 ? PROGRAM_SUMMARY : `${command.summary}.`, 0),
    ...(command.about ?? []).map((paragraph) => wrap(paragraph, 0)),
    titled("Usage", usageLines(path, command), style),
    path.length === 0 ? titled("Commands", listCommands(COMMANDS), style) : [],
    titled("Commands", listCommands(command.commands ?? {}), style),
    command.operands?.choices
      ? titled(command.operands.placeholder, listWords(command.operands.choices, COLUMN), style)
      : [],
    titled("Examples", examples(path, command), style),
    ...OPTION_GROUPS.map((group) => titled(group, optionLines(group, command), style)),
    // Of a command that reads the server's settings, from wherever they are.
    command.options.some(({ env }) => env !== undefined) ? settingsNote() : [],
  ];
  const written = sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${written.join("\n\n")}\n`;
}

const PROGRAM_SUMMARY = `${PROGRAM}: a local OpenAI-compatible server for your own Claude subscription, driving the official Claude Code CLI.`;

function titled(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : [style.bold(`${title}:`), ...lines];
}

function usageLines(path: readonly string[], command: Command): string[] {
  const name = path.length === 0 || path[0] === DEFAULT_COMMAND ? [`[${DEFAULT_COMMAND}]`] : path;
  const inner = command.commands ? ["COMMAND"] : [];
  const operands = command.operands ? [command.operands.placeholder] : [];
  const line = [PROGRAM, ...name, ...inner, ...operands, "[options]"].join(" ");
  if (path.length > 0) return [`  ${line}`];
  return [
    `  ${line}`,
    `  ${PROGRAM} COMMAND [options]`,
    `  ${PROGRAM} help COMMAND`,
    `  ${PROGRAM} --${OPTIONS.help.flag} | --${OPTIONS.version.flag}`,
  ];
}

function listCommands(commands: Readonly<Record<string, Command>>): string[] {
  return listWords(Object.fromEntries(Object.entries(commands).map(([name, { summary }]) => [name, summary])), 14);
}

function listWords(words: Readonly<Record<string, string>>, column: number): string[] {
  return Object.entries(words).flatMap(([word, meaning]) => entry(word, [meaning], column));
}

function examples(path: readonly string[], command: Command): string[] {
  const line = ({ line }: Example) => [PROGRAM, ...path, line].filter((word) => word !== "").join(" ");
  return command.examples.flatMap((example) => [`  ${line(example)}`, ...wrap(example.does, 6)]);
}

function optionLines(group: string, command: Command): string[] {
  const members = optionsOf(command).filter((option) => option.group === group);
  return members.flatMap((option) => entry(label(option), details(option)));
}

function label({ flag, short, placeholder }: AnyOption): string {
  return `${short === undefined ? "" : `-${short}, `}--${flag}${placeholder === "" ? "" : ` ${placeholder}`}`;
}

function details(option: AnyOption): string[] {
  const description = `${option.description}.${option.kind.takes === "many" ? " May be repeated." : ""}`;
  const standard = shownDefault(option.default);
  const facts = [standard && `default ${standard}`, option.env].filter((fact) => fact !== undefined);
  return facts.length === 0 ? [description] : [description, `[${facts.join(", ")}]`];
}

/** An option that is off or empty by default needs no mention of it. */
function shownDefault(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function settingsNote(): string[] {
  const file = (platform: string) => configFilePath({ platform, env: { APPDATA: "%APPDATA%" }, home: "~" });
  return [
    ...wrap(
      "What may be repeated may also be one value with commas. --no-NAME turns a switch off that is on elsewhere. A flag wins over " +
        "its environment variable (in brackets above), that over the configuration file, that over the default. The file is a JSON " +
        'object with the flags\' names in camelCase, such as {"maxConcurrency": 4}. It is looked for at:',
      0,
    ),
    `  Linux    ${file("linux")}`,
    `  macOS    ${file("darwin")}`,
    `  Windows  ${file("win32")}`,
  ];
}

/** A label with its texts in the column beside it, each beginning on a line of its own. */
function entry(label: string, texts: readonly string[], column = COLUMN): string[] {
  const [first = "", ...rest] = texts.flatMap((text) => wrap(text, column));
  const start = `  ${label}`;
  // A label that reaches into the column has a line to itself.
  if (start.length >= column) return [start, first, ...rest];
  return [start.padEnd(column) + first.trimStart(), ...rest];
}

/** Breaks a text at its spaces into lines of the page's width, each indented. */
function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each) => " ".repeat(indent) + each);
}
