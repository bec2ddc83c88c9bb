import { type AnyOption, OPTION_GROUPS } from "../config/option.ts";
import { OPTIONS } from "../config/options.ts";
import { configFilePath } from "../config/paths.ts";
import { COMMANDS, type Command, type CommandName, DEFAULT_COMMAND, PROGRAM } from "./commands.ts";

const WIDTH = 80;
/** Where the descriptions begin; the longest flag with its placeholder fits before it. */
const COLUMN = 29;

/**
 * The help of a command, from the options table. Written here, because citty's has neither groups nor variables, breaks no lines
 * and colours them even when they go to a file.
 */
export function renderHelp(name: CommandName): string {
  const command: Command = COMMANDS[name];
  const invocation = name === DEFAULT_COMMAND ? `${PROGRAM} [${name}]` : `${PROGRAM} ${name}`;
  return [
    ...wrap(
      `${PROGRAM}: a local OpenAI-compatible server for your own Claude subscription, driving the official Claude Code CLI.`,
      0,
    ),
    "",
    "Usage:",
    `  ${invocation} [options]`,
    `  ${PROGRAM} --${OPTIONS.help.flag} | --${OPTIONS.version.flag}`,
    "",
    "Commands:",
    ...Object.entries(COMMANDS).flatMap(([label, { description }]) => entry(label, [description])),
    ...OPTION_GROUPS.flatMap((group) => renderGroup(group, command.options)),
    "",
    ...settingsNote(),
    "",
  ].join("\n");
}

function renderGroup(group: string, options: readonly AnyOption[]): string[] {
  const members = options.filter((option) => option.group === group);
  if (members.length === 0) return [];
  return ["", `${group}:`, ...members.flatMap((option) => entry(label(option), details(option)))];
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
function entry(label: string, texts: readonly string[]): string[] {
  const [first = "", ...rest] = texts.flatMap((text) => wrap(text, COLUMN));
  return [`  ${label}`.padEnd(COLUMN) + first.trimStart(), ...rest];
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
