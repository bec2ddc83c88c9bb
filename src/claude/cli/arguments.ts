import { SERVERS } from "../tools/client-tools.ts";
import { TOOL_SEARCH } from "../tools/tool-names.ts";

export type CliArguments = {
  readonly settings: string;
  readonly model?: string;
  /** The conversation to go on with, and the uuid of the answer behind which its file is not read: see src/claude/session. */
  readonly resume?: { readonly path: string; readonly at: string | undefined };
  /** Whether the CLI writes its conversation into its configuration folder; default false. */
  readonly keepsTranscript?: boolean;
  /** Whether the CLI says on stderr when it estimates tokens, and why, and writes marks there: see src/claude/count. Default false. */
  readonly tellsEstimates?: boolean;
};

/** Which of its debug messages it then writes, by their beginnings. */
const ESTIMATE_MESSAGES = "analyzecontext,countTokens API call failed,mcp_reconnect";

/**
 * The command line of every `claude` process we start: streaming JSON in and out, and nothing else of Claude Code. It holds no
 * prompt and nothing of what a client wrote: that travels over stdin, where other users of the machine cannot see it. The model is
 * a name of the CLI's own.
 */
export function cliArguments(options: CliArguments): string[] {
  const { settings, model, resume, keepsTranscript = false, tellsEstimates = false } = options;
  return [
    ...isolation(settings),
    "-p",
    "--input-format",
    "stream-json",
    "--output-format",
    "stream-json",
    "--verbose",
    "--include-partial-messages",
    ...(keepsTranscript ? [] : ["--no-session-persistence"]),
    // Offered to no model: only a CLI that has its search among tools lets results refer to some. See tool-names.ts.
    "--tools",
    TOOL_SEARCH,
    "--strict-mcp-config",
    "--disable-slash-commands",
    "--permission-mode",
    "dontAsk",
    "--allowed-tools",
    // The servers of the client's tools: calls of others the CLI would answer by itself.
    SERVERS.map((server) => `mcp__${server}`).join(","),
    "--thinking-display",
    "summarized",
    ...(tellsEstimates ? ["--debug-to-stderr", `--debug=${ESTIMATE_MESSAGES}`] : []),
    ...(model === undefined ? [] : ["--model", model]),
    ...(resume === undefined ? [] : ["--resume", resume.path]),
    ...(resume?.at === undefined ? [] : ["--resume-session-at", resume.at]),
  ];
}

/** Asks which login the CLI would use under the same settings as {@link cliArguments}. */
export function authStatusArguments(settings: string): string[] {
  return [...isolation(settings), "auth", "status"];
}

/** No settings file of the user's or a project's, and `settings` (see settings.ts) over everything else. */
function isolation(settings: string): string[] {
  return ["--setting-sources", "", "--settings", settings];
}
