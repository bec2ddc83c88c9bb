import { describe, expect, test } from "bun:test";
import { COMMANDS } from "../../src/cli/commands.ts";
import { renderHelp } from "../../src/cli/help.ts";
import { OPTION_GROUPS } from "../../src/config/option.ts";
import { ALL_OPTIONS } from "../../src/config/options.ts";

const help = renderHelp("serve");
const words = help.replace(/\s+/g, " ");

test("the help begins with one sentence on the program and the usage", () => {
  expect(help).toStartWith("claude-max-api: ");
  expect(help).toContain("\nUsage:\n  claude-max-api [serve] [options]\n");
});

test("the help fits 80 columns, has no colours and no blanks at line ends", () => {
  for (const line of help.split("\n")) {
    expect(line.length).toBeLessThanOrEqual(80);
    expect(line).not.toMatch(/\s$/);
  }
  expect(help).not.toContain("\u001b");
  expect(help).toEndWith("\n");
});

test.each([...OPTION_GROUPS])("the help has the group %s once, with options in it", (group) => {
  expect(help.split(`\n${group}:\n  -`)).toHaveLength(2);
});

test.each(Object.entries(COMMANDS))("the help lists the command %s", (name, { description }) => {
  expect(words).toContain(` ${name} ${description}`);
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
