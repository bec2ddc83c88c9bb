import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeWhenRead, TranscriptFolder } from "../../../src/claude/session/transcript-file.ts";

let home: string;
let path: string;
let folder: TranscriptFolder;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "transcripts-"));
  path = join(home, "deep", "sessions");
  folder = new TranscriptFolder(path);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const mode = (file: string) => statSync(file).mode & 0o777;
const isPosix = process.platform !== "win32";

test("a file holds the text, and ends as the CLI expects of a transcript's name", async () => {
  const file = await folder.write("a\nb\n");
  expect(readFileSync(file.path, "utf8")).toBe("a\nb\n");
  expect(file.path).toStartWith(path);
  expect(file.path).toEndWith(".jsonl");
});

test.if(isPosix)(
  "nobody else can look into the folder or a file, also when the folder was open to all before",
  async () => {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o777);
    const file = await folder.write("secret");
    expect(mode(path)).toBe(0o700);
    expect(mode(file.path)).toBe(0o600);
  },
);

test("files of the same text are different ones, and go one by one", async () => {
  const [first, second] = [await folder.write("a"), await folder.write("a")];
  await first.remove();
  await first.remove();
  expect(readdirSync(path).map((name) => join(path, name))).toEqual([second.path]);
});

test("a folder that is closed holds nothing more, of what is written at that moment either, and takes nothing", async () => {
  await folder.write("a");
  const writing = folder.write("b");
  await folder.close();
  expect(readdirSync(path)).toEqual([]);
  await writing;
  expect(readdirSync(path)).toEqual([]);
  await expect(folder.write("c")).rejects.toThrow("closed");
});

test("what cannot be written is an error", async () => {
  writeFileSync(join(home, "deep"), "in the way");
  await expect(folder.write("a")).rejects.toThrow();
});

describe("a file is removed", () => {
  const never = new Promise<never>(() => {});

  test.each([
    ["once the process has answered", () => Promise.resolve("models")],
    ["once the process has failed", () => Promise.reject(new Error("died"))],
  ])("%s", async (_, settle) => {
    const file = await folder.write("a");
    await removeWhenRead(file, never, settle());
    expect(existsSync(file.path)).toBe(false);
  });

  test("not before that", async () => {
    const file = await folder.write("a");
    const { promise, resolve } = Promise.withResolvers<void>();
    const removed = removeWhenRead(file, promise, never);
    await Bun.sleep(0);
    expect(existsSync(file.path)).toBe(true);
    resolve();
    await removed;
  });
});

describe("a sweep", () => {
  const leave = (name: string, ageMs = 0) => {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, name), "left");
    const then = new Date(Date.now() - ageMs);
    utimesSync(join(path, name), then, then);
  };
  /** A process that surely runs, and is not this one. */
  const other = process.ppid;

  test("removes what a server has left that is gone", async () => {
    const gone = Bun.spawn(["true"]);
    await gone.exited;
    leave(`${gone.pid}-aaaa.jsonl`);
    await folder.sweep();
    expect(readdirSync(path)).toEqual([]);
  });

  test("removes what a server has left whose number is another process's by now, even our own", async () => {
    leave(`${other}-aaaa.jsonl`, 120_000);
    leave(`${process.pid}-aaaa.jsonl`);
    await folder.sweep();
    expect(readdirSync(path)).toEqual([]);
  });

  test("leaves what another server is using, and what is not ours", async () => {
    leave(`${other}-aaaa.jsonl`);
    leave("notes.jsonl");
    await folder.sweep();
    expect(readdirSync(path).sort()).toEqual([`${other}-aaaa.jsonl`, "notes.jsonl"]);
  });

  test("does nothing where there is no folder", async () => {
    await folder.sweep();
    expect(existsSync(path)).toBe(false);
  });
});
