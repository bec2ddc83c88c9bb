import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Guest } from "../../../src/claude/pool/pool-state.ts";
import { CliProcess } from "../../../src/claude/process/cli-process.ts";
import { TranscriptFolder } from "../../../src/claude/session/transcript-folder.ts";
import { WaitingSpare, type WaitingSpareOptions } from "../../../src/claude/session/waiting-spare.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { until } from "../../support/wait.ts";

const LONG_MS = 60_000;
const TARGET = { path: "/claude", version: "2.1.330", model: "opus" };

let path: string;
let started: { readonly process: CliProcess; readonly model: string }[];
let guests: Guest[];
let spares: WaitingSpare[];
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "spare-"));
  [started, guests, spares] = [[], [], []];
});
afterEach(async () => {
  await Promise.all(spares.map((spare) => spare.close()));
  expect(guests).toEqual([]);
  expect(readdirSync(path)).toEqual([]);
  rmSync(path, { recursive: true });
});

/** What it starts reads its transcript and stays, like the CLI. */
function makeSpare(options: Partial<WaitingSpareOptions> = {}): WaitingSpare {
  const spare = new WaitingSpare({
    folder: new TranscriptFolder(path),
    start: ({ model }, resume) => {
      const script = 'read -r line <"$0"; echo "$line" >&2; read -r more';
      const args = ["-c", script, resume?.path ?? ""];
      const process = new CliProcess({ path: "/bin/sh", args, env: {}, cwd: path, logger: new Logger("silent") });
      started.push({ process, model });
      return process;
    },
    keepRoom: (guest) => {
      guests.push(guest);
      return () => void guests.splice(guests.indexOf(guest), 1);
    },
    idleMs: LONG_MS,
    delayMs: 0,
    ...options,
  });
  spares.push(spare);
  return spare;
}

const waits = (spare: WaitingSpare, model = TARGET.model) => until(() => spare.model === model, "a process waits");

describe.skipIf(process.platform === "win32")("a process that waits for a conversation", () => {
  test("is started once one had to be restored, is handed over once, and gets what is put at its place", async () => {
    const spare = makeSpare();
    expect(spare.take(TARGET)).toBe(undefined);
    spare.want(TARGET);
    await waits(spare);
    expect(guests).toHaveLength(1);
    const taken = spare.take(TARGET);
    expect(taken?.process).toBe(started[0]?.process);
    expect(guests).toEqual([]);
    expect(spare.take(TARGET)).toBe(undefined);
    await taken?.place.fill([Buffer.from("the conversation\n")]);
    await taken?.process.close();
    expect(taken?.process.death?.message).toContain("the conversation");
    await taken?.place.remove();
  });

  test("is one, however many are restored at once", async () => {
    const spare = makeSpare();
    for (let count = 0; count < 5; count++) spare.want(TARGET);
    await waits(spare);
    spare.want(TARGET);
    await Bun.sleep(20);
    expect(started).toHaveLength(1);
  });

  test("is for what it was started with alone, and gives way to one for what was restored last", async () => {
    const spare = makeSpare();
    spare.want(TARGET);
    await waits(spare);
    for (const other of [{ model: "haiku" }, { path: "/other" }, { version: "2.1.331" }]) {
      expect(spare.take({ ...TARGET, ...other })).toBe(undefined);
    }
    spare.want({ ...TARGET, model: "haiku" });
    await waits(spare, "haiku");
    expect(started.map(({ model }) => model)).toEqual(["opus", "haiku"]);
    await started[0]?.process.exited;
  });

  test("is ended when none was restored for long, and when its room is needed", async () => {
    const idle = makeSpare({ idleMs: 1_500 });
    idle.want(TARGET);
    await until(() => started.length === 1, "a process is started");
    await started[0]?.process.exited;
    expect(idle.model).toBe(undefined);
    const crowded = makeSpare();
    crowded.want(TARGET);
    await waits(crowded);
    guests[0]?.retire();
    expect(crowded.take(TARGET)).toBe(undefined);
    await started[1]?.process.exited;
  });

  test("is not there where there is no room, where nothing waits, or after the end", async () => {
    const noPipes = new TranscriptFolder(path, async () => false);
    for (const spare of [makeSpare({ keepRoom: () => undefined }), makeSpare({ folder: noPipes })]) {
      spare.want(TARGET);
      await Bun.sleep(20);
      await spare.close();
      spare.want(TARGET);
    }
    await Bun.sleep(20);
    expect(started).toEqual([]);
  });

  test("is not handed over once it is dead", async () => {
    const spare = makeSpare();
    spare.want(TARGET);
    await waits(spare);
    await started[0]?.process.terminate();
    await until(() => spare.model === undefined, "its end is noticed");
    expect(spare.take(TARGET)).toBe(undefined);
  });
});
