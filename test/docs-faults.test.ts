import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..");
const ROWS = readFileSync(join(ROOT, "docs/faults.md"), "utf8")
  .split("\n")
  .filter((line) => /^\| (?!fault |-)/.test(line));

test("each fault in docs/faults.md has a test of that name, or says why it has none", () => {
  expect(ROWS.length).toBeGreaterThan(10);
  const wrong = ROWS.filter((row) => {
    const cell = row.split("|").at(-2)?.trim() ?? "";
    if (/^none: \S/.test(cell)) return false;
    const [, file = "", name = ""] = /^`([^`]+)`: (.+)$/.exec(cell) ?? [];
    const path = join(ROOT, file);
    return name === "" || !existsSync(path) || !readFileSync(path, "utf8").includes(name);
  });
  expect(wrong).toEqual([]);
});
