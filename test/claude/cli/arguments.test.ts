import { expect, test } from "bun:test";
import { cliArguments } from "../../../src/claude/cli/arguments.ts";

test("the command line of the CLI is exactly this: nothing of Claude Code's own, no prompt, no setting of a request", () => {
  expect(cliArguments()).toEqual([
    "-p",
    "--input-format",
    "stream-json",
    "--output-format",
    "stream-json",
    "--verbose",
    "--include-partial-messages",
    "--no-session-persistence",
    "--tools",
    "",
    "--strict-mcp-config",
    "--setting-sources",
    "",
    "--disable-slash-commands",
    "--permission-mode",
    "dontAsk",
    "--allowed-tools",
    "mcp__client",
    "--thinking-display",
    "summarized",
  ]);
});

test("a model to start with is named at the end, and nothing else changes", () => {
  expect(cliArguments({ model: "sonnet" })).toEqual([...cliArguments(), "--model", "sonnet"]);
});

test("each caller gets a list of its own: nobody can change the next one's command line", () => {
  cliArguments().push("--dangerously-skip-permissions");
  expect(cliArguments()).not.toContain("--dangerously-skip-permissions");
});
