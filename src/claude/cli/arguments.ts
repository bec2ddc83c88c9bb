/**
 * The command line of every `claude` process we start: streaming JSON in and out, and nothing else of Claude Code. It holds no
 * prompt and no setting of a request: those travel over stdin, where other users of the machine cannot see them.
 */
export function cliArguments(): string[] {
  return [
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
  ];
}
