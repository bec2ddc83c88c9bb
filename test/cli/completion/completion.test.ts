import { describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { complete } from "../../../src/cli/completion/complete.ts";
import { COMPLETE, SHELLS } from "../../../src/cli/completion/shells.ts";
import { LOG_LEVELS } from "../../../src/config/options.ts";
import { runCli } from "../../support/run-cli.ts";

const words = (...line: string[]) => complete(line.slice(0, -1), line.at(-1) ?? "").map(({ word }) => word);

test("commands are completed, and help", () => {
  expect(words("")).toEqual([...Object.keys(COMMANDS), "help"]);
  expect(words("se")).toEqual(["serve", "service"]);
  expect(words("help", "do")).toEqual(["doctor"]);
  expect(words("service", "st")).toEqual(["start", "stop", "status"]);
  expect(words("help", "service", "un")).toEqual(["uninstall"]);
  expect(words("--strict", "")).toEqual([]);
});

test("a command's own flags are, with the negative of those that are on", () => {
  expect(words("update", "--")).toEqual(["--check", "--rollback", "--help"]);
  expect(words("--web")).toEqual(["--web-search"]);
  expect(words("--no-w")).toEqual(["--no-web-search"]);
  expect(words("service", "logs", "--l")).toEqual(["--lines"]);
});

test("values and words that are of a list are; where only a file can stand, nothing", () => {
  expect(words("--log-level", "")).toEqual([...LOG_LEVELS]);
  expect(words("completion", "")).toEqual(Object.keys(SHELLS));
  expect(words("connect", "open-w")).toEqual(["open-webui"]);
  expect(words("--config", "")).toEqual([]);
  expect(words("ask", "--", "--")).toEqual([]);
});

test("a shell gets a word and its meaning a line, whatever flags stand before", async () => {
  const { code, stdout } = await runCli([COMPLETE, "=--ro", "update", "--help"]);
  expect([code, stdout]).toEqual([0, "--rollback\tGo back to the program that the last update replaced\n"]);
  expect((await runCli([COMPLETE, "=nothing"])).stdout).toBe("");
  expect((await runCli(["completion", "csh"])).stderr).toContain("is not a shell: bash, zsh, fish, powershell");
});

/** How each shell is had to complete `claude-max-api update --ch`, and to print what it offers. */
const TRIALS = [
  {
    shell: "bash",
    trial: (script: string) =>
      `. ${script}; COMP_WORDS=(claude-max-api update --ch); COMP_CWORD=2; _claude_max_api; echo "$COMPREPLY"`,
  },
  {
    shell: "zsh",
    trial: (script: string) =>
      `compdef() { :; }; _describe() { print -l -- $found }; . ${script}; words=(claude-max-api update --ch); CURRENT=3; _claude-max-api`,
  },
  { shell: "fish", trial: (script: string) => `source ${script}; complete -C 'claude-max-api update --ch'` },
];

describe.each(TRIALS)("in $shell", ({ shell, trial }) => {
  test.skipIf(!Bun.which(shell))("the script hands over the words, and offers what the program says", () => {
    const folder = mkdtempSync(join(tmpdir(), "claude-max-api-completion-"));
    try {
      const script = join(folder, "script");
      writeFileSync(script, SHELLS[shell]?.script ?? "");
      const program = join(folder, "claude-max-api");
      writeFileSync(
        program,
        `#!/bin/sh\n[ "$*" = "${COMPLETE} =--ch update" ] && printf '%s\\tonly look\\n' --check\n`,
      );
      chmodSync(program, 0o755);
      const env = { PATH: `${folder}:/usr/bin:/bin`, HOME: folder };
      const { stdout } = Bun.spawnSync([shell, ...(shell === "zsh" ? ["-f"] : []), "-c", trial(script)], { env });
      expect(stdout.toString().trim()).toStartWith("--check");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
