import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureEmptyDirectory, TemporaryFiles } from "../../../src/claude/cli/working-files.ts";
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

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "claude-max-api-test-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const make = (fields: { workingDirectory?: string; platform?: NodeJS.Platform } = {}) =>
  new TemporaryFiles({
    workingDirectory: "/home/jane/a.b",
    env: { HOME: home },
    platform: "linux",
    scratch: home,
    ...fields,
  });

function fill(...path: string[]): void {
  mkdirSync(join(home, ...path), { recursive: true });
  writeFileSync(join(home, ...path, "file"), "");
}

test("the CLI's temporary files have a private folder of ours, which is gone in the end with all in it", async () => {
  const temporaryFiles = make();
  await temporaryFiles.open();
  const { CLAUDE_CODE_TMPDIR = "" } = temporaryFiles.env;
  expect(statSync(CLAUDE_CODE_TMPDIR).mode & 0o777).toBe(0o700);
  writeFileSync(join(CLAUDE_CODE_TMPDIR, "probe"), "");
  await temporaryFiles.close();
  expect(readdirSync(home)).toEqual([]);
});

test("what servers that were killed have left is removed at the start; that of others, and of one that runs, stays", async () => {
  const gone = Bun.spawn(["/bin/sh", "-c", "exit 0"]);
  await gone.exited;
  fill(`claude-max-api-cli-${gone.pid}-abc`);
  const kept = [`claude-max-api-cli-${process.ppid}-abc`, `claude-max-api-cli-${process.pid}-abc`, "claude-0"];
  for (const name of kept) fill(name);
  await make().open();
  expect(
    readdirSync(home)
      .filter((name) => !name.includes(`-${process.pid}-`) || kept.includes(name))
      .sort(),
  ).toEqual([...kept].sort());
});

test.each([
  ["linux", ".cache"],
  ["darwin", "Library/Caches"],
] as const)("the CLI's logs of our directory are removed, and no others (%s)", async (platform, cache) => {
  for (const name of ["-home-jane-a-b", "-home-jane-a-b-c"]) fill(cache, "claude-cli-nodejs", name, "mcp-logs-client");
  await make({ platform }).close();
  expect(readdirSync(join(home, cache, "claude-cli-nodejs"))).toEqual(["-home-jane-a-b-c"]);
});

test("a long directory's logs are found by the beginning of their name", async () => {
  fill(".cache", "claude-cli-nodejs", `${"-x".repeat(100)}-1f2e`);
  await make({ workingDirectory: "/x".repeat(150) }).close();
  expect(readdirSync(join(home, ".cache", "claude-cli-nodejs"))).toEqual([]);
});
