import { describe, expect, test } from "bun:test";
import type { Commands } from "../../../src/cli/command.ts";
import { renderHelp } from "../../../src/cli/command-line/help.ts";
import { parseCommandLine } from "../../../src/cli/command-line/parse-command-line.ts";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { createStyle } from "../../../src/cli/terminal/text.ts";
import { OPTION_GROUPS } from "../../../src/config/option.ts";
import { ALL_OPTIONS } from "../../../src/config/options.ts";

const plain = createStyle(false);
const help = renderHelp([], plain);
const words = help.replace(/\s+/g, " ");

test("the help begins with one sentence on the program and the usage", () => {
  expect(help).toStartWith("claude-max-api: ");
  expect(help).toContain("\nUsage:\n  claude-max-api [serve] [options]\n");
});

/** The words of every command there is, sub-commands included. */
function pathsOf(commands: Commands, before: readonly string[] = []): string[][] {
  return Object.entries(commands).flatMap(([name, command]) => {
    const path = [...before, name];
    return [path, ...pathsOf(command.commands ?? {}, path)];
  });
}

describe.each([[], ...pathsOf(COMMANDS)].map((path) => ({ path, name: path.join(" ") || "the program" })))(
  "the help of $name",
  ({ path }) => {
    const text = renderHelp(path, plain);
    test("fits 80 columns but for examples, has no colours and no blanks at line ends", () => {
      for (const line of text.split("\n")) {
        if (!line.startsWith("  claude-max-api ")) expect(line.length).toBeLessThanOrEqual(80);
        expect(line).not.toMatch(/\s$/);
      }
      expect(text).not.toContain("\u001b");
      expect(text).toEndWith("\n");
    });
    test("has the usage, examples that the command line takes, and --help", () => {
      expect(text).toContain("\nUsage:\n  claude-max-api ");
      expect(text).toContain("--help");
      const lines = [
        ...(text.split("\nExamples:\n")[1]?.split("\n\n")[0] ?? "").matchAll(/^ {2}claude-max-api ?(.*)$/gm),
      ];
      expect(lines.length).toBeGreaterThan(0);
      for (const [, line = ""] of lines) expect(() => parseCommandLine(wordsOf(line))).not.toThrow();
    });
    test("is bold where a terminal shows it, and else the same", () => {
      const coloured = renderHelp(path, createStyle(true));
      expect(coloured).toContain("\u001b[1mUsage:");
      expect(Bun.stripANSI(coloured)).toBe(text);
    });
  },
);

/** A line's words as a shell has them: quotes keep spaces; what follows a pipe or a redirection is not the program's. */
function wordsOf(line: string): string[] {
  const own = line.split(/ (?:[|<]|>>?) /)[0] ?? "";
  return [...own.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? "",
  );
}

test.each(OPTION_GROUPS.filter((group) => ALL_OPTIONS.some((option) => option.group === group)))(
  "the help has the group %s once, with options in it",
  (group) => {
    expect(help.split(`\n${group}:\n  -`)).toHaveLength(2);
  },
);

test.each(Object.entries(COMMANDS))("the help lists the command %s", (name, { summary }) => {
  expect(words).toContain(` ${name} ${summary}`);
});

describe.each([...ALL_OPTIONS])("the help of --$flag", (option) => {
  test("has its placeholder and description", () => {
    const label = [`--${option.flag}`, option.placeholder].filter((part) => part !== "").join(" ");
    expect(words).toContain(`${label} ${option.description}.`);
  });
  test("has its variable and default", () => {
    const shown = typeof option.default === "string" || typeof option.default === "number";
    const facts = [...(shown ? [`default ${option.default}`] : []), ...(option.env ? [option.env] : [])].join(", ");
    expect(words).toContain(facts === "" ? `--${option.flag}` : `[${facts}]`);
  });
});

test("the help says where the configuration file is on each system", () => {
  expect(help).toContain("~/.config/claude-max-api/config.json");
  expect(help).toContain("~/Library/Application Support/claude-max-api/config.json");
  expect(help).toContain("%APPDATA%\\claude-max-api\\config.json");
});
