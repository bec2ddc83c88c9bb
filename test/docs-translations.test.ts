import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Glob } from "bun";

// A translation follows its original: where one of them changes, the heading is named below which they no longer agree. Words are not
// compared; what is the same in every language is: headings' levels, blocks, tables, code, numbers and links.

const ROOT = join(import.meta.dir, "..");
const read = (name: string) => readFileSync(join(ROOT, name), "utf8");

const ORIGINALS: Readonly<Record<string, string>> = {
  "README.zh-CN.md": "README.md",
  "docs/zh-CN/openclaw.md": "docs/clients/openclaw.md",
  "docs/zh-CN/platforms.md": "docs/platforms.md",
  "docs/zh-CN/troubleshooting.md": "docs/troubleshooting.md",
};

/** What stands below a heading, up to the next one of any level. */
type Section = {
  /** With its signs, such as `## Install`. */
  readonly heading: string;
  /** Fenced blocks, each with the comment right before it. */
  readonly blocks: readonly string[];
  /** Everything else, with one space for a break of lines, but those of tables. */
  readonly text: string;
  /** A row a line. */
  readonly tables: readonly string[];
};

const BLOCK = /(?:^ *<!-- .+ -->\n)?^( *)```[\s\S]*?^\1```$/gm;
const LANGUAGE_LINK = /^\[(?:中文|English)\]\(.+\)$/gm;

function sectionsOf(name: string): Section[] {
  const page = read(name).replace(LANGUAGE_LINK, "");
  const blocks = [...page.matchAll(BLOCK)].map(([block]) => block);
  let next = 0;
  // A block may have lines that look like headings, so each becomes a sign of its own before the page is divided.
  const parts = page
    .replace(BLOCK, "\0")
    .replace(/^<!-- .+ -->$/gm, "")
    .split(/^(?=#+ )/m);
  return parts.map((part) => {
    const [heading = "", ...lines] = part.split("\n");
    const count = part.split("\0").length - 1;
    next += count;
    return {
      heading,
      blocks: blocks.slice(next - count, next),
      text: lines
        .filter((line) => !line.startsWith("|"))
        .join(" ")
        .replace(/\s+/g, " "),
      // The empty line after a table is kept: two tables are not one.
      tables: lines.filter((line, index) => line.startsWith("|") || lines[index - 1]?.startsWith("|")),
    };
  });
}

const codeIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "");
const factsIn = (text: string) => text.match(/\d+(?:[.,]\d+)*|https?:\/\/[^\s)`]+/g) ?? [];

/** Of each cell what no language changes: figures and rules as they are, and its code. */
function shapeOf(row: string): string[] {
  return row.split(/(?<!\\)\|/).map((cell) => (/^[-\d, ]*$/.test(cell) ? cell.trim() : codeIn(cell).sort().join(" ")));
}

/** Where a page leads to. Of pages that are translated the anchors are in their own language, which `docs.test.ts` looks at. */
function linksOf(name: string, text: string): string[] {
  return [...text.matchAll(/\]\(([^)#]*)(#[^)]*)?\)/g)].map(([, path = "", anchor = ""]) => {
    if (path.includes("://")) return path + anchor;
    const file = path === "" ? name : join(dirname(name), path);
    const original = ORIGINALS[file] ?? file;
    return Object.values(ORIGINALS).includes(original) ? original : original + anchor;
  });
}

test("every translation is one that is held to its original", () => {
  const found = ["*.zh-CN.md", "docs/zh-CN/**/*.md"].flatMap((pattern) => [...new Glob(pattern).scanSync(ROOT)]);
  expect(found.sort()).toEqual(Object.keys(ORIGINALS));
});

describe.each(Object.entries(ORIGINALS))("%s", (name, originalName) => {
  const originals = sectionsOf(originalName);
  const translations = sectionsOf(name);
  const pairs = Array.from({ length: Math.max(originals.length, translations.length) }, (_, index) => ({
    original: originals[index],
    translation: translations[index],
  }));

  /** Compares what is found in both, heading by heading: the first that differs is told with both its names. */
  function expectSame(find: (section: Section, page: string) => unknown): void {
    for (const { original, translation } of pairs) {
      if (original === undefined || translation === undefined) continue;
      const heading = `${original.heading} = ${translation.heading}`;
      expect({ heading, found: find(translation, name) }).toEqual({ heading, found: find(original, originalName) });
    }
  }

  test("has the same headings, level by level", () => {
    const level = (section: Section | undefined) => section?.heading.split(" ")[0];
    const first = pairs.find(({ original, translation }) => level(original) !== level(translation));
    expect([first?.original?.heading, first?.translation?.heading]).toEqual([undefined, undefined]);
  });

  test("has the same blocks to the letter, comments before them too", () => {
    expectSame(({ blocks }) => blocks);
  });

  test("has tables of the same rows and columns, with the same code and figures in each cell", () => {
    expectSame(({ tables }) => tables.map(shapeOf));
  });

  test("has the code, the numbers and the addresses of the original, and no code that is not there", () => {
    for (const { original, translation } of pairs) {
      if (original === undefined || translation === undefined) continue;
      const [here, there] = [translation, original].map(({ text, tables }) => [text, ...tables].join("\n"));
      const lost = (find: (text: string) => string[]) =>
        find(there ?? "").filter((fact) => !find(here ?? "").includes(fact));
      expect({
        heading: `${original.heading} = ${translation.heading}`,
        lost: [...lost(codeIn), ...lost(factsIn)],
        added: codeIn(here ?? "").filter((code) => !there?.includes(code)),
      }).toEqual({ heading: `${original.heading} = ${translation.heading}`, lost: [], added: [] });
    }
  });

  test("leads to the same pages, in its own language where they are", () => {
    expectSame(({ text, tables }, page) => linksOf(page, [text, ...tables].join("\n")).sort());
    const paths = [
      ...read(name)
        .replace(LANGUAGE_LINK, "")
        .matchAll(/\]\(([^)#:]+)/g),
    ].map(([, path]) => path ?? "");
    const files = paths.map((path) => join(dirname(name), path));
    expect(files.filter((file) => Object.values(ORIGINALS).includes(file))).toEqual([]);
  });

  test("is named by its original, and names it, below the title", () => {
    const below = (page: string) => read(page).split("\n")[2];
    expect(below(name)).toBe(`[English](${relative(dirname(name), originalName)})`);
    expect(below(originalName)).toBe(`[中文](${relative(dirname(originalName), name)})`);
  });
});
