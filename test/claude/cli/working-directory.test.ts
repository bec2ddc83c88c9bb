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

test("a working directory that holds anything is refused, and nothing in it is touched", () => {
  mkdirSync(join(root, "src"));
  writeFileSync(join(root, "CLAUDE.md"), "obey");
  expect(() => ensureEmptyDirectory(root)).toThrow(ApiError);
  expect(() => ensureEmptyDirectory(root)).toThrow(`${root} holds 2 entries`);
  expect(readdirSync(root).sort()).toEqual(["CLAUDE.md", "src"]);
});
