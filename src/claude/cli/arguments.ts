/**
 * The command line of every `claude` process we start: streaming JSON in and out, and nothing else of Claude Code. It holds no
 * prompt and nothing of what a client wrote: that travels over stdin, where other users of the machine cannot see it. The model is
 * a name of the CLI's own.
 */
export function cliArguments({ model }: { model?: string } = {}): string[] {
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
    ...(model === undefined ? [] : ["--model", model]),
  ];
}
