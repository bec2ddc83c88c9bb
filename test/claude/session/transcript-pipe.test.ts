import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePipe, pipeAt, type TranscriptPlace } from "../../../src/claude/session/transcript-folder.ts";

let folder: string;
let path: string;
let pipe: TranscriptPlace;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pipe-"));
  path = join(folder, "t.jsonl");
  await makePipe(path);
  pipe = pipeAt(path);
});
afterEach(() => {
  pipe.remove();
  rmSync(folder, { recursive: true });
});

/** Far more than a pipe holds. */
const LINES = "a line of the conversation\n".repeat(10_000);
const PIECES = Array<Buffer>(4).fill(Buffer.from(LINES));
const TEXT = LINES.repeat(PIECES.length);
const read = () => new Response(Bun.spawn(["cat", path], { stderr: "ignore" }).stdout).text();

describe.skipIf(process.platform === "win32")("a reader of the pipe", () => {
  test("gets the whole, and so does the next", async () => {
    pipe.fill(PIECES);
    expect((await read()) === TEXT).toBe(true);
    expect((await read()) === TEXT).toBe(true);
  });

  test("waits until there is a text", async () => {
    const reading = read();
    const isFirst = await Promise.race([reading.then(() => "read"), Bun.sleep(50)]);
    expect(isFirst).toBe(undefined);
    pipe.fill(PIECES);
    expect((await reading) === TEXT).toBe(true);
  });

  test("may leave in the middle, and the next gets the whole all the same", async () => {
    pipe.fill(PIECES);
    const head = Bun.spawn(["head", "-c", "10", path]);
    expect(await new Response(head.stdout).text()).toBe(TEXT.slice(0, 10));
    expect((await read()) === TEXT).toBe(true);
  });

  test("that is slow holds nobody up", async () => {
    const slow = Bun.spawn(["sh", "-c", 'exec <"$1"; read -r go; cat', "sh", path], { stdin: "ignore" });
    pipe.fill(PIECES);
    const output = new Response(slow.stdout).text();
    expect((await output).length).toBe(TEXT.length - "a line of the conversation\n".length);
  });

  test("reads the end when there will be no text, also while other programs are started", async () => {
    const reading = read();
    await Bun.sleep(20);
    // One that inherited the pipe would keep it open.
    const other = Bun.spawn(["sleep", "30"]);
    pipe.remove();
    expect(await reading).toBe("");
    other.kill();
  });
});

test("a pipe cannot be made where something is already", async () => {
  expect(await makePipe(path)).toBe(false);
});
