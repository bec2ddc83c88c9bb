import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Glob } from "bun";
import packageJson from "../package.json" with { type: "json" };
import { CLIENT_NAMES, renderClient, renderIndex } from "../scripts/clients.ts";
import { OVERVIEW, renderOverview, renderParameters } from "../scripts/parameters.ts";
import { ERROR_STATUS } from "../src/api/errors/error-status.ts";
import type { Commands } from "../src/cli/command.ts";
import { COMMANDS } from "../src/cli/commands.ts";
import type { AnyOption } from "../src/config/option.ts";
import { ALL_OPTIONS } from "../src/config/options.ts";
import { ENDPOINTS, parameterTest } from "./support/parameters/endpoints.ts";

// The documents are held to the code: what they name exists, and what they promise works as written.

const ROOT = join(import.meta.dir, "..");
const read = (name: string) => readFileSync(join(ROOT, name), "utf8");
// Two patterns: Bun finds nothing by one whose alternatives are in braces with slashes.
const DOCUMENTS = ["*.md", "docs/**/*.md"].flatMap((pattern) => [...new Glob(pattern).scanSync(ROOT)]).sort();

test("the tables of parameters are those in the code: `bun run parameters` writes them", () => {
  expect(read("docs/parameters.md")).toBe(renderParameters());
  expect(OVERVIEW.exec(read("docs/api.md"))?.[0]).toBe(renderOverview());
});

test("the pages on clients are what `connect` prints: `bun run clients` writes them", () => {
  expect(read("docs/clients/README.md")).toBe(renderIndex());
  for (const name of CLIENT_NAMES) expect(read(`docs/clients/${name}.md`)).toBe(renderClient(name));
});

/** The names of a file's tests that run, as they are written; those of templates run under other names. */
function testNames(file: string): string[] {
  return [...read(file).matchAll(/^ *test\(\s*"((?:[^"\\]|\\.)*)"/gm)].map(([, name]) => name ?? "");
}

test.each(
  ENDPOINTS.flatMap((endpoint) =>
    Object.keys(endpoint.parameters).map((field) => [field, endpoint.title, parameterTest(endpoint, field)] as const),
  ),
)("a test shows what becomes of %s at %s", (_field, _title, shown) => {
  const { file, name } = shown ?? { file: "", name: "a test named in test/support/parameters" };
  expect(file === "" ? [] : testNames(file)).toContain(name);
});

test("docs/settings.md names every option and its variable", () => {
  for (const { flag, env } of ALL_OPTIONS) {
    if (env !== undefined) expect(read("docs/settings.md")).toContain(`| \`--${flag}\` | \`${env}\` |`);
  }
});

test("the README stays one that is read to its end: 150 lines", () => {
  expect(read("README.md").split("\n").length).toBeLessThanOrEqual(151);
});

test("the error codes that docs/api.md names are those on the wire", () => {
  const section = read("docs/api.md").split("\n## Errors\n")[1]?.split("\n## ")[0] ?? "";
  const named = [...section.matchAll(/^\| [\d, x]+ \| (.*?) \|/gm)].flatMap(([, cell]) => [
    ...(cell ?? "").matchAll(/`(\w+)`/g),
  ]);
  const known = Object.values(ERROR_STATUS).map(({ openaiCode }) => openaiCode);
  expect(named.length).toBeGreaterThan(5);
  for (const [, code] of named) expect(known).toContain(code ?? "");
});

test("docs/troubleshooting.md says what to do about every code on the wire", () => {
  const named = [...read("docs/troubleshooting.md").matchAll(/^\|.*$/gm)].flatMap(([row]) => [
    ...row.matchAll(/`(\w+)`/g),
  ]);
  // Nobody is left to read the last one.
  const known = Object.values(ERROR_STATUS).flatMap(({ openaiCode }) => openaiCode ?? []);
  for (const code of known.filter((code) => code !== "client_closed")) {
    expect(named.map(([, name]) => name)).toContain(code);
  }
});

/** The options of every command, those that are settings among them. */
function optionsOf(commands: Commands): AnyOption[] {
  return Object.values(commands).flatMap(({ options, commands: inner = {} }) => [...options, ...optionsOf(inner)]);
}

test.each(Object.entries<Commands[string]>(COMMANDS))(
  "docs/command-line.md tells of the command %s and its own options",
  (name, command) => {
    const section = read("docs/command-line.md")
      .split(/^## /m)
      .find((text) => text.startsWith(`\`claude-max-api ${name}\`\n`));
    expect(section).toBeDefined();
    for (const { flag, placeholder } of optionsOf({ [name]: command }).filter(
      (option) => !ALL_OPTIONS.includes(option),
    )) {
      expect(section).toContain(`\`${[`--${flag}`, placeholder].filter((part) => part !== "").join(" ")}\``);
    }
  },
);

/** Where the pages of the repository's own host have its releases, seen from a file at the top. */
const RELEASES = "../../releases/latest";

const SCRIPTS = [...new Glob("scripts/**/*.{ts,sh}").scanSync(ROOT)].map(read).join("\n");

/** Whether a script takes the option, by a table for `parseArgs` or by the option itself. */
function isOfScripts(flag: string): boolean {
  const name = flag.slice(2).replace(/^no-/, "");
  return new RegExp(`"?${name}"?: \\{ type|${flag}\\b`).test(SCRIPTS);
}

const FILE_NAMES = new Set([...new Glob("{src,test,scripts}/**/*.ts").scanSync(ROOT)].map((file) => basename(file)));

/** What a heading is led to by, as such hosts make it of its text. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test("documents are found, at the top and below docs", () => {
  expect(DOCUMENTS).toEqual(expect.arrayContaining(["README.md", "docs/api.md", "docs/clients/README.md"]));
});

describe.each(DOCUMENTS)("%s", (name) => {
  const text = read(name);

  test("names only files that exist", () => {
    const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
      .map(([, path]) => path ?? "")
      .filter((path) => !/^https?:/.test(path) && path !== RELEASES);
    const paths = [...text.matchAll(/`((?:src|test|scripts|docs)\/[\w./-]*)`/g)].map(([, path]) => path ?? "");
    const fromHere = links.map((link) => join(dirname(name), link));
    for (const path of [...fromHere, ...paths]) expect(`${path} ${existsSync(join(ROOT, path))}`).toBe(`${path} true`);
  });

  test("names only files of the code that there are, also without their folder", () => {
    if (!/^(ARCHITECTURE|DECISIONS|docs\/development\/.*)\.md$/.test(name)) return;
    for (const [file] of text.matchAll(/(?<![\w/.*-])[a-z][\w-]*\.ts\b/g)) expect(FILE_NAMES).toContain(file);
  });

  test("leads only to headings that exist", () => {
    for (const [, path = "", anchor = ""] of text.matchAll(/\]\(((?!https?:)[^)#]*)#([^)]*)\)/g)) {
      const file = path === "" ? name : join(dirname(name), path);
      expect({ file, anchors: anchorsOf(read(file)) }).toEqual({ file, anchors: expect.arrayContaining([anchor]) });
    }
  });

  test("names only scripts that package.json has", () => {
    const scripts = [...text.matchAll(/(?:bun run|npm run) ([\w:-]+)/g)].map(([, script]) => script ?? "");
    for (const script of scripts) expect(Object.keys(packageJson.scripts)).toContain(script);
  });

  test("names only options that exist", () => {
    const known = optionsOf(COMMANDS).flatMap(({ flag }) => [`--${flag}`, `--no-${flag}`]);
    const ofTheCli = ["--model", "--settings", "--include-partial-messages", "--tools"];
    const others = ["--list", "--timeout", "--user"];
    // What other programs are called with is theirs: options of our own stand alone, or behind our name.
    const spans = [...text.replace(/^ *```[\s\S]*?^ *```$/gm, "").matchAll(/`([^`]+)`/g)].map(([, span]) => span ?? "");
    const own = [...spans, ...text.split("\n")].filter((words) =>
      /^(--[a-z]|claude-max-api |npm start -- )/.test(words),
    );
    const flags = own.flatMap((words) => words.split("|")[0]?.match(/(?<![\w-])--[a-z][a-z-]+/g) ?? []);
    const ofScripts = flags.filter(
      (flag) => /^(CONTRIBUTING|docs\/speed|docs\/development\/.*)\.md$/.test(name) && isOfScripts(flag),
    );
    for (const flag of flags) expect([...known, ...ofScripts, ...ofTheCli, ...others]).toContain(flag);
  });
});
