import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { OLDEST_SUPPORTED_VERSION } from "../src/claude/cli/version.ts";
import { COMMANDS } from "../src/cli/commands.ts";
import { ALL_OPTIONS } from "../src/config/options.ts";

// The documents for whoever works on the project are held to the code, like those for its users.

const ROOT = join(import.meta.dir, "..");
const read = (name: string) => readFileSync(join(ROOT, name), "utf8");

test("CONTRIBUTING.md is two pages at most", () => {
  expect(read("CONTRIBUTING.md").split("\n").length).toBeLessThanOrEqual(100);
});

test("the glossary explains words of the code: those that are names stand in it", () => {
  const names = [...read("docs/development/glossary.md").matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name ?? "");
  const sources = [...new Glob("src/**/*.ts").scanSync(ROOT)].map(read).join("\n");
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) expect(sources).toContain(name);
});

describe("VERSIONING.md", () => {
  const text = read("VERSIONING.md");

  test("names the oldest CLI that is supported, the default port and stable names of models", () => {
    expect(text).toContain(`supported from ${OLDEST_SUPPORTED_VERSION} on`);
    expect(text).toContain(`the port ${ALL_OPTIONS.find(({ flag }) => flag === "port")?.default}`);
    const models = [...text.matchAll(/`(claude-[a-z]+-\d)`/g)].map(([, name]) => name ?? "");
    expect(models).toEqual(["claude-opus-4", "claude-sonnet-4", "claude-haiku-4"]);
    for (const model of models) expect(read("README.md")).toContain(model);
  });

  test("promises paths and headers that docs/api.md describes", () => {
    const named = [...text.matchAll(/`(\/[\w/-]+|x-[\w-]+)`/g)]
      .map(([, name]) => name ?? "")
      .filter((name) => name !== "/");
    expect(named.length).toBeGreaterThan(3);
    for (const name of named) expect(read("docs/api.md")).toContain(name);
  });
});

describe.each(
  [...new Glob("*.yml").scanSync(join(ROOT, ".github/ISSUE_TEMPLATE"))].filter((name) => name !== "config.yml"),
)("the form %s", (name) => {
  const text = read(`.github/ISSUE_TEMPLATE/${name}`);

  test("has what a form must have, and each field once", () => {
    expect(Bun.YAML.parse(text)).toMatchObject({
      name: expect.any(String),
      description: expect.any(String),
      body: expect.any(Array),
    });
    const ids = [...text.matchAll(/^ {4}id: (.+)$/gm)].map(([, id]) => id);
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids.length).toBeGreaterThan(0);
  });

  test("asks for commands and options that there are", () => {
    const commands = [...text.matchAll(/`claude-max-api ([a-z]\w+)/g)].map(([, command]) => command ?? "");
    for (const command of commands) expect(Object.keys(COMMANDS)).toContain(command);
    const flags = [...text.matchAll(/`[^`]*--([a-z-]+)/g)].map(([, flag]) => flag ?? "");
    for (const flag of flags) expect(ALL_OPTIONS.map((option) => option.flag)).toContain(flag);
  });
});
