import { expect, test } from "bun:test";
import { authStatusArguments, cliArguments } from "../../../src/claude/cli/arguments.ts";

const settings = '{"env":{}}';

test("the command line of the CLI is exactly this: nothing of Claude Code's own, no prompt, no setting of a request", () => {
  expect(cliArguments({ settings })).toEqual([
    "--setting-sources",
    "",
    "--settings",
    settings,
    "-p",
    "--input-format",
    "stream-json",
    "--output-format",
    "stream-json",
    "--verbose",
    "--include-partial-messages",
    "--no-session-persistence",
    "--tools",
    "ToolSearch",
    "--strict-mcp-config",
    "--disable-slash-commands",
    "--permission-mode",
    "dontAsk",
    "--allowed-tools",
    "mcp__client,mcp__client-2",
    "--thinking-display",
    "summarized",
  ]);
});

test("a model to start with is named at the end, and nothing else changes", () => {
  expect(cliArguments({ settings, model: "sonnet" })).toEqual([...cliArguments({ settings }), "--model", "sonnet"]);
});

test("a conversation to go on with is named by its file, and by the answer that it is read up to if that is not its end", () => {
  const resumed = (at?: string) => cliArguments({ settings, resume: { path: "/private/a.jsonl", at } });
  expect(resumed()).toEqual([...cliArguments({ settings }), "--resume", "/private/a.jsonl"]);
  expect(resumed("uuid")).toEqual([...resumed(), "--resume-session-at", "uuid"]);
});

test("a conversation is kept on disk only where that is asked for", () => {
  const args = cliArguments({ settings });
  expect(cliArguments({ settings, keepsTranscript: true })).toEqual(
    args.filter((arg) => arg !== "--no-session-persistence"),
  );
});

test("a process that counts tokens says on stderr where it estimates, and nothing else of what it does", () => {
  const args = cliArguments({ settings, tellsEstimates: true });
  expect(args).toEqual([
    ...cliArguments({ settings }),
    "--debug-to-stderr",
    "--debug=analyzecontext,countTokens API call failed,mcp_reconnect",
  ]);
});

test("each caller gets a list of its own: nobody can change the next one's command line", () => {
  cliArguments({ settings }).push("--dangerously-skip-permissions");
  expect(cliArguments({ settings })).not.toContain("--dangerously-skip-permissions");
});

test("the login is asked about under the settings that requests run with, so that both speak of the same one", () => {
  expect(authStatusArguments(settings)).toEqual(["--setting-sources", "", "--settings", settings, "auth", "status"]);
  expect(cliArguments({ settings }).slice(0, 4)).toEqual(authStatusArguments(settings).slice(0, 4));
});
