import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { CLIENT_FILES, clientHome, commentIn, FILE_CLIENTS, read } from "../../support/client-files.ts";

const { home, port, pathOf, backupOf, put, connect, write, undo } = clientHome();

/** Each line of the old text but those that the difference takes out is in the new one, in the same order. */
function expectKept(old: string, now: string, diff: string): void {
  const removed = diff.split("\n").flatMap((line) => (/^-(?!--)/.test(line) ? [line.slice(1)] : []));
  const added = diff.split("\n").flatMap((line) => (/^\+(?!\+\+)/.test(line) ? [line.slice(1)] : []));
  const without = (text: string, lines: readonly string[]) => {
    const rest = [...lines];
    return text.split(/\r?\n/).filter((line) => {
      const at = rest.indexOf(line);
      if (at >= 0) rest.splice(at, 1);
      return at < 0;
    });
  };
  const lines = (text: string, taken: readonly string[]) => without(text, taken).filter((line) => line !== "");
  expect(lines(now, added)).toEqual(lines(old, removed));
}

// What each format, and each client's settings in it, make of a file.
describe.each(FILE_CLIENTS)("%s", (name) => {
  const { text, broken, line } = CLIENT_FILES[name];

  test("a file is set up, the difference shown, and nothing else changed", async () => {
    const path = put(name);
    const { code, stdout, stderr } = await write(name);
    expect(code).toBe(0);
    expect(stdout).toStartWith(`--- ${path}\n+++ ${path}\n@@ -`);
    expect(stderr).toContain(`Wrote ${path}.\nWhat it held before is in ${backupOf(name)}.\n`);
    expect(read(path)).toContain(`http://127.0.0.1:${port()}`);
    expect(read(path)).toContain(line);
    expectKept(text, read(path), stdout);
    expect(read(backupOf(name))).toBe(text);
    expect(readdirSync(dirname(path))).toHaveLength(2);
  });

  test("a second time there is nothing to change", async () => {
    const path = put(name);
    await write(name);
    const before = read(path);
    const { code, stdout, stderr } = await write(name);
    expect([code, stdout, read(path)]).toEqual([0, "", before]);
    expect(stderr).toStartWith(`Nothing to change: ${path} has it all.\n`);
  });

  test("undo brings back the file to the byte, and takes the copy away", async () => {
    const path = put(name);
    await write(name);
    expect((await undo(name)).code).toBe(0);
    expect(read(path)).toBe(text);
    expect(readdirSync(dirname(path))).toHaveLength(1);
    expect((await undo(name)).stderr).toStartWith("Nothing to undo");
  });

  test("undo after another model was chosen brings back what was there first", async () => {
    const path = put(name);
    await write(name);
    await connect(name, ["--write", "--yes", "--model", "claude-opus-4"]);
    expect(read(path)).toContain("claude-opus-4");
    await undo(name);
    expect(read(path)).toBe(text);
  });

  test("undo of a file that was changed since takes out what is ours, and keeps the rest", async () => {
    const path = put(name);
    await write(name);
    const comment = `${commentIn(name)} later`;
    writeFileSync(path, `${comment}\n${read(path)}`);
    const { code, stderr } = await undo(name);
    expect(code).toBe(0);
    expect(stderr).toContain("was changed since");
    expect(read(path).replaceAll(/\s|"|'/g, "")).toBe(`${comment}\n${text}`.replaceAll(/\s|"|'/g, ""));
  });

  test("a file that is not there is made, for its owner alone, and undo removes it", async () => {
    const path = pathOf(name);
    const { code, stderr } = await write(name);
    expect(code).toBe(0);
    expect(stderr).toStartWith(`Made ${path}.\n`);
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(existsSync(backupOf(name))).toBe(false);
    expect((await undo(name)).stderr).toContain(`Removed ${path}.`);
    expect(existsSync(path)).toBe(false);
  });

  test("an empty file is like one that is not there", async () => {
    const path = put(name, "\n");
    expect((await write(name)).code).toBe(0);
    expect(read(path)).toContain("claude-max-api");
  });

  test("a file that cannot be read is left alone", async () => {
    const path = put(name, broken);
    for (const flags of [
      ["--write", "--yes"],
      ["--undo", "--yes"],
    ]) {
      const { code, stdout, stderr } = await connect(name, flags);
      expect([code, stdout, read(path)]).toEqual([1, "", broken]);
      expect(stderr).toContain(`${path} is left as it is, since it cannot be read as `);
    }
    expect(readdirSync(dirname(path))).toHaveLength(1);
  });

  test("the mark and the ends of line of Windows stay", async () => {
    const windows = `\uFEFF${text.replaceAll("\n", "\r\n")}`;
    const path = put(name, windows);
    await write(name);
    const now = read(path);
    expect(now).toStartWith("\uFEFF");
    expect(now.replaceAll("\r\n", "")).not.toContain("\n");
    await undo(name);
    expect(read(path)).toBe(windows);
  });

  test("a configured key is not written, and the variable that holds it is named", async () => {
    const path = put(name);
    const { stdout, stderr } = await connect(name, ["--write", "--yes", "--api-key", "very-secret-key"]);
    expect(stdout + stderr + read(path)).not.toContain("very-secret-key");
    expect(read(path)).toContain("CLAUDE_MAX_API_KEY");
    expect(stderr).toContain("set CLAUDE_MAX_API_KEY to one of yours");
  });
});

// What is the same for all of them.
describe("whichever program it is of", () => {
  const name = "codex";
  const { text } = CLIENT_FILES[name];

  test("--dry-run only shows the difference, of undoing, too", async () => {
    const path = put(name);
    const { code, stdout } = await connect(name, ["--dry-run"]);
    expect([code, read(path)]).toEqual([0, text]);
    expect(stdout).toContain("claude-max-api");
    await write(name);
    const written = read(path);
    expect((await connect(name, ["--undo", "--dry-run"])).stdout).toContain("-");
    expect(read(path)).toBe(written);
  });

  test.each(["y", "YES", " yes "])("at a terminal, %j writes", async (typed) => {
    put(name);
    const { code, stderr } = await connect(name, ["--write"], { typed });
    expect(code).toBe(0);
    expect(stderr).toStartWith(`Write this to ${pathOf(name)}? [y/N] `);
    expect(read(pathOf(name))).toContain("claude-max-api");
  });

  test.each(["", "n", "yup"])("at a terminal, %j does not", async (typed) => {
    put(name);
    const { code, stderr } = await connect(name, ["--write"], { typed });
    expect([code, read(pathOf(name))]).toEqual([1, text]);
    expect(stderr).toContain("Nothing is written.");
    expect(existsSync(backupOf(name))).toBe(false);
  });

  test("where nobody can be asked, --yes is needed", async () => {
    put(name);
    const { code, stderr } = await connect(name, ["--write"], { input: "y\n" });
    expect([code, read(pathOf(name))]).toEqual([1, text]);
    expect(stderr).toContain("Say --yes to write, or --dry-run to look only.");
  });

  test.skipIf(process.platform === "win32")("a link stays one, and the file's mode is kept", async () => {
    const target = join(home(), "dotfiles", "file");
    mkdirSync(dirname(target));
    writeFileSync(target, text);
    chmodSync(target, 0o640);
    mkdirSync(dirname(pathOf(name)), { recursive: true });
    symlinkSync(target, pathOf(name));
    await write(name);
    expect(lstatSync(pathOf(name)).isSymbolicLink()).toBe(true);
    expect(read(target)).toContain("claude-max-api");
    expect(statSync(target).mode & 0o777).toBe(0o640);
    expect(statSync(backupOf(name)).mode & 0o777).toBe(0o640);
    await undo(name);
    expect([read(target), lstatSync(pathOf(name)).isSymbolicLink()]).toEqual([text, true]);
  });

  test("the difference is coloured where colours are", async () => {
    put(name);
    const { stdout } = await connect(name, ["--dry-run"], { colours: true });
    expect(stdout).toContain("\u001b[32m+");
    expect(Bun.stripANSI(stdout)).toBe((await connect(name, ["--dry-run"])).stdout);
  });

  test("a file that is no UTF-8 is left alone", async () => {
    const path = put(name);
    writeFileSync(path, Buffer.from([0x23, 0xff, 0xfe]));
    const { code, stderr } = await write(name);
    expect(code).toBe(1);
    expect(stderr).toContain("it is no UTF-8 text");
  });
});
