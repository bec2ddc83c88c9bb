import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scriptedClaude } from "../../scripts/arena/place.ts";

/** What it answers. */
export const PLAYED_ANSWER = "Hello big world";

/** The function that it calls, where that is offered. */
export const PLAYED_TOOL = { type: "function", function: { name: "f" } };

/**
 * A `claude` that says what the real one was recorded to say, see `scripts/faults/scripted-cli.ts`: for tests of what we do with a process,
 * of which none costs the start of a real one.
 */
export type PlayedClaude = Disposable & {
  /** Where it is, if it was put there. */
  readonly path: string;
  /** Writes the program there: this shell script, or the one that answers. */
  put(script?: string): void;
  remove(): void;
  /** The processes that were asked, a pid for each question. */
  asked(): number[];
  /** Has those answer that `wait for` this. */
  open(name: string): void;
};

export function playClaude(): PlayedClaude {
  const folder = mkdtempSync(join(tmpdir(), "claude-max-api-played-"));
  const path = join(folder, "claude");
  const notes = join(folder, "notes");
  mkdirSync(notes);
  return {
    path,
    put(script) {
      const content = script === undefined ? scriptedClaude(folder) : `#!/bin/sh\n${script}\n`;
      rmSync(path, { force: true });
      writeFileSync(path, content, { mode: 0o755 });
    },
    remove: () => rmSync(path),
    asked() {
      const file = join(notes, "asked");
      return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map(Number) : [];
    },
    open: (name) => writeFileSync(join(notes, name), ""),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
