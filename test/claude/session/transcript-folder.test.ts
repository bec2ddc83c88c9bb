import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePipe, removeWhenRead, TranscriptFolder } from "../../../src/claude/session/transcript-folder.ts";

let home: string;
let path: string;
let folder: TranscriptFolder;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "transcripts-"));
  path = join(home, "deep", "sessions");
  folder = new TranscriptFolder(path);
});
afterEach(async () => {
  await folder.close();
  rmSync(home, { recursive: true, force: true });
});

const mode = (file: string) => statSync(file).mode & 0o777;
const isPosix = process.platform !== "win32";
const inFiles = () => new TranscriptFolder(path, async () => false);

describe.each([
  ["a pipe", isPosix, () => folder],
  ["a file", true, inFiles],
])("%s", (_, exists, makeFolder) => {
  test.if(exists)("gives the text, and its name ends as the CLI expects of a transcript's", async () => {
    const place = await makeFolder().makePlace();
    await place.fill([Buffer.from("a\nb\n")]);
    expect(await readFile(place.path, "utf8")).toBe("a\nb\n");
    expect(place.path).toStartWith(path);
    expect(place.path).toEndWith(".jsonl");
    await place.remove();
  });

  test.if(exists && isPosix)(
    "is nobody else's, and lies where nobody else may look, also where all could before",
    async () => {
      mkdirSync(path, { recursive: true });
      chmodSync(path, 0o777);
      const place = await makeFolder().makePlace();
      await place.fill([Buffer.from("secret")]);
      expect(mode(path)).toBe(0o700);
      expect(mode(place.path)).toBe(0o600);
      await place.remove();
    },
  );

  test.if(exists)("goes alone, and can be removed twice", async () => {
    const own = makeFolder();
    const [first, second] = [await own.makePlace(), await own.makePlace()];
    for (const place of [first, second]) await place.fill([Buffer.from("a")]);
    await first.remove();
    await first.remove();
    expect([first, second].map((place) => existsSync(place.path))).toEqual([false, true]);
    await own.close();
  });

  test.if(exists)("is gone once the folder is closed, also when it is made or filled at that moment", async () => {
    const own = makeFolder();
    await (await own.makePlace()).fill([Buffer.from("a")]);
    const [filled, making] = [await own.makePlace(), own.makePlace()];
    const filling = filled.fill([Buffer.from("b")]);
    await own.close();
    expect(readdirSync(path)).toEqual([]);
    await Promise.all([filling, making]);
    expect(readdirSync(path)).toEqual([]);
    await expect(own.makePlace()).rejects.toThrow("closed");
  });
});

test("no place can be made where the folder cannot be", async () => {
  writeFileSync(join(home, "deep"), "in the way");
  await expect(folder.makePlace()).rejects.toThrow();
});

test("a file that cannot be written is an error", async () => {
  const place = await inFiles().makePlace();
  rmSync(path, { recursive: true });
  await expect(place.fill([Buffer.from("a")])).rejects.toThrow("ENOENT");
});

describe("a place is removed", () => {
  const never = new Promise<never>(() => {});

  test.each([
    ["once the process has answered", () => Promise.resolve("models")],
    ["once the process has failed", () => Promise.reject(new Error("died"))],
  ])("%s", async (_, settle) => {
    const place = await folder.makePlace();
    await removeWhenRead(place, never, settle());
    expect(existsSync(place.path)).toBe(false);
  });

  test("not before that", async () => {
    const place = await folder.makePlace();
    const { promise, resolve } = Promise.withResolvers<void>();
    const removed = removeWhenRead(place, promise, never);
    await Bun.sleep(0);
    expect(existsSync(place.path)).toBe(true);
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

  test.if(isPosix)(
    "leaves a pipe of a server that runs, however old, and lets go who waits at one of a server that is gone",
    async () => {
      leave("notes.jsonl");
      const gone = Bun.spawn(["true"]);
      await gone.exited;
      const [running, left] = [other, gone.pid].map((pid) => join(path, `${pid}-aaaa.jsonl`));
      expect(await Promise.all([running, left].map((pipe = "") => makePipe(pipe)))).toEqual([true, true]);
      utimesSync(running ?? "", 0, 0);
      const readers = Array.from({ length: 5 }, () => Bun.spawn(["cat", left ?? ""], { stderr: "ignore" }));
      await folder.sweep();
      expect(readdirSync(path).sort()).toEqual([`${other}-aaaa-2.jsonl`, `${other}-aaaa.jsonl`, "notes.jsonl"]);
      // They read the end, or came too late to find the pipe; none opened it after others were let go, and waits for good.
      expect(await Promise.all(readers.map(({ stdout }) => new Response(stdout).text()))).toEqual(Array(5).fill(""));
    },
  );

  test("does nothing where there is no folder", async () => {
    await folder.sweep();
    expect(existsSync(path)).toBe(false);
  });
});
