import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..");

test.each([
  ["docs/faults.md", 40],
  ["SECURITY.md", 20],
])("each line of the tables in %s has a test of that name, or says why it has none", (document, least) => {
  const rows = readFileSync(join(ROOT, document), "utf8")
    .split("\n")
    .filter((line) => /^\| (?!fault |who |-)/.test(line));
  expect(rows.length).toBeGreaterThanOrEqual(least);
  const wrong = rows.filter((row) => {
    const cell = row.split("|").at(-2)?.trim() ?? "";
    if (/^none: \S/.test(cell)) return false;
    const [, file = "", name = ""] = /^`([^`]+)`: (.+)$/.exec(cell) ?? [];
    const path = join(ROOT, file);
    return name === "" || !existsSync(path) || !readFileSync(path, "utf8").includes(name);
  });
  expect(wrong).toEqual([]);
});
