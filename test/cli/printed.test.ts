import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Commands } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { keptNames, keptText } from "../support/kept-text.ts";
import { runCli } from "../support/run-cli.ts";

// What is printed by everything that only prints, to the letter: after a change that is meant, `RENEW_GOLDENS=1 bun test test/cli/printed`
// writes it anew, and the difference is what users will see.

/** The words of every command there is, sub-commands included. */
function pathsOf(commands: Commands, before: readonly string[] = []): string[][] {
  return Object.entries(commands).flatMap(([name, command]) => {
    const path = [...before, name];
    return [path, ...pathsOf(command.commands ?? {}, path)];
  });
}

const LINES: readonly string[][] = [
  ["--help"],
  ...pathsOf(COMMANDS).map((path) => [...path, "--help"]),
  ...["bash", "zsh", "fish"].map((shell) => ["completion", shell]),
  ["connect"],
  ["config", "show"],
  ["service", "install", "--dry-run"],
];
/** Such as `config-show-help`. */
const nameOf = (line: readonly string[]) => line.map((word) => word.replace("--", "")).join("-");
const FOLDER = join(import.meta.dir, "printed");

test.each(LINES.map((line) => [nameOf(line), line] as const))("%s is printed as it is kept", async (name, line) => {
  const { code, stdout, stderr } = await runCli(line);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(keptText(join(FOLDER, `${name}.txt`), stdout));
});

test("nothing is kept that is not printed any more", () => {
  const wanted = LINES.map(nameOf).sort();
  expect(keptNames(FOLDER, wanted)).toEqual(wanted);
});
