import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureEmptyDirectory } from "../../../src/claude/cli/working-directory.ts";
import { ApiError } from "../../../src/core/error.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "working-directory-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("a missing working directory is made, with its parents, for the user alone", () => {
  const path = join(root, "a", "b");
  ensureEmptyDirectory(path);
  expect(readdirSync(path)).toEqual([]);
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o700);
});

test("an empty working directory is used as it is", () => {
  ensureEmptyDirectory(root);
  expect(readdirSync(root)).toEqual([]);
});

test.each([
  ["a file", ["CLAUDE.md"], []],
  ["a hidden file", [".mcp.json"], []],
  ["an empty directory", [], ["src"]],
  ["several things", ["CLAUDE.md", "x"], ["src"]],
])("a working directory that holds %s is refused, and nothing in it is touched", (_, files, directories) => {
  for (const name of files) writeFileSync(join(root, name), "obey");
  for (const name of directories) mkdirSync(join(root, name));
  const entries = [...files, ...directories];
  let refusal: unknown;
  try {
    ensureEmptyDirectory(root);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(ApiError);
  expect(refusal).toMatchObject({
    code: "cli_failed",
    message: expect.stringContaining(`${root} holds ${entries.length} entries`) as string,
  });
  expect(readdirSync(root).sort()).toEqual(entries.sort());
});
