import { SERVERS } from "../tools/client-tools.ts";
import { TOOL_SEARCH } from "../tools/tool-names.ts";
import { NETWORK_VARIABLES } from "./network-settings.ts";

/** What the CLI needs of our own environment: where things are, how to reach the network, and the user's login. */
const PASSED_ON = [
  "PATH",
  // As a copy of the environment spells it on Windows.
  "Path",
  "HOME",
  "USER",
  "LOGNAME",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TZ",
  "TMPDIR",
  "TEMP",
  "TMP",
  "XDG_CONFIG_HOME",
  "XDG_RUNTIME_DIR",
  "DBUS_SESSION_BUS_ADDRESS",
  ...NETWORK_VARIABLES,
  "CLAUDE_CONFIG_DIR",
  "CLAUDE_CODE_OAUTH_TOKEN",
  "CLAUDE_CODE_GIT_BASH_PATH",
  // Windows cannot start a program without these.
  "SystemRoot",
  "SystemDrive",
  "windir",
  "ComSpec",
  "PATHEXT",
  "USERNAME",
  "USERPROFILE",
  "HOMEDRIVE",
  "HOMEPATH",
  "APPDATA",
  "LOCALAPPDATA",
  "ProgramData",
  "ProgramFiles",
] as const;

/** Credentials that bill the API instead of the subscription: passed on only when the user asked for it. */
export const API_KEY_VARIABLES = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"] as const;

/** Settings of the CLI that only an environment variable can make. */
const FIXED = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  DISABLE_AUTOUPDATER: "1",
  // File mentions and other attachments: a second belt beside `client_composed` on every message.
  CLAUDE_CODE_DISABLE_ATTACHMENTS: "1",
  CLAUDE_CODE_DISABLE_CLAUDE_MDS: "1",
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: "1",
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
  // Else a client's function named `Agent` has the CLI tell the model of agents of its own.
  CLAUDE_AGENT_SDK_DISABLE_BUILTIN_AGENTS: "1",
  DISABLE_AUTO_COMPACT: "1",
  ENABLE_TOOL_SEARCH: "false",
  // A client's tools keep their names and whole descriptions, all their calls are open at once, and none is put aside.
  CLAUDE_AGENT_SDK_MCP_NO_PREFIX: "1",
  CLAUDE_CODE_MAX_MCP_DESCRIPTION_LENGTH: "10000000",
  CLAUDE_CODE_MAX_TOOL_USE_CONCURRENCY: "1000",
  CLAUDE_CODE_DISABLE_MCP_TASKS: "1",
  CLAUDE_CODE_DISABLE_MCP_TASK_BACKGROUND: "1",
  // Their results are not cut, or written to disk.
  MAX_MCP_OUTPUT_TOKENS: "100000000",
  ENABLE_MCP_LARGE_OUTPUT_FILES: "false",
  // Each is a request to the model.
  MAX_STRUCTURED_OUTPUT_RETRIES: "2",
  // One model turn is one upstream request: clients retry by their own rules, and a retry they did not ask for is paid twice.
  CLAUDE_CODE_MAX_RETRIES: "0",
  CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK: "1",
  CLAUDE_CODE_DISABLE_REFUSAL_RETRY: "1",
  CLAUDE_CODE_DISABLE_REFUSAL_FALLBACK: "1",
} as const;

type ApiOptions = { readonly anthropicBaseUrl?: string; readonly allowApiKey: boolean };

/**
 * The environment of a `claude` process, built from an allow-list. Left out on purpose: an inherited ANTHROPIC_BASE_URL (it may
 * point at this very server), cloud-provider switches, CLAUDECODE and every other variable that changes what the CLI does.
 */
export function cliEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  options: ApiOptions,
): Record<string, string> {
  const names: string[] = [...PASSED_ON, ...(options.allowApiKey ? API_KEY_VARIABLES : [])];
  const result: Record<string, string> = { ...FIXED };
  for (const name of names) {
    const value = own[name];
    if (value !== undefined && value !== "") result[name] = value;
  }
  if (options.anthropicBaseUrl !== undefined) result.ANTHROPIC_BASE_URL = options.anthropicBaseUrl;
  // An `env` block in ~/.claude.json may then not name another token; `cliSettings` sees to the rest. Only with a token: it hides a
  // stored login.
  if (result.CLAUDE_CODE_OAUTH_TOKEN !== undefined) result.CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST = "1";
  return result;
}

/**
 * Variables by which an `env` block of `~/.claude.json`, which the CLI applies over its environment whatever else we say, could
 * have another party asked, other credentials used, another model answer, or something added to requests.
 */
export const NOT_FROM_USER_FILES = [
  "ANTHROPIC_BASE_URL",
  "ANTHROPIC_UNIX_SOCKET",
  "CLAUDE_CODE_API_BASE_URL",
  "CLAUDE_CODE_USE_ANTHROPIC_AWS",
  "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD",
  "CLAUDE_CODE_USE_BEDROCK",
  "CLAUDE_CODE_USE_FOUNDRY",
  "CLAUDE_CODE_USE_GATEWAY",
  "CLAUDE_CODE_USE_MANTLE",
  "CLAUDE_CODE_USE_VERTEX",
  "ANTHROPIC_MODEL",
  "ANTHROPIC_SMALL_FAST_MODEL",
  "ANTHROPIC_DEFAULT_MODEL",
  "ANTHROPIC_DEFAULT_OPUS_MODEL",
  "ANTHROPIC_DEFAULT_SONNET_MODEL",
  "ANTHROPIC_DEFAULT_HAIKU_MODEL",
  "ANTHROPIC_DEFAULT_FABLE_MODEL",
  "ANTHROPIC_CUSTOM_MODEL_OPTION",
  "ANTHROPIC_CUSTOM_HEADERS",
  "ANTHROPIC_BETAS",
  "CLAUDE_CODE_EXTRA_BODY",
  "CLAUDE_CODE_EXTRA_METADATA",
  "CLAUDE_CODE_EFFORT_LEVEL",
  "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
  "CLAUDE_CODE_MAX_CONTEXT_TOKENS",
  "CLAUDE_CODE_DISABLE_THINKING",
  "CLAUDE_CODE_DISABLE_ADAPTIVE_THINKING",
  "CLAUDE_CODE_SIMPLE",
  "MAX_THINKING_TOKENS",
] as const;

/** Else a client's function named `Bash` has the CLI tell the model how to sign commits and pull requests. */
const NO_ATTRIBUTION = { commit: "", pr: "" } as const;

/**
 * The value of `--settings`: the one place that wins over the `env` block of the user's `~/.claude.json`. An empty string is
 * as good as unset. It stands in a command line, so it holds no secret: an API key that may be used stays in the environment.
 */
export function cliSettings({ anthropicBaseUrl, allowApiKey }: ApiOptions): string {
  const unset = [...NOT_FROM_USER_FILES, ...(allowApiKey ? [] : API_KEY_VARIABLES)];
  const env = {
    ...Object.fromEntries(unset.map((name) => [name, ""])),
    ...FIXED,
    ...(anthropicBaseUrl === undefined ? {} : { ANTHROPIC_BASE_URL: anthropicBaseUrl }),
  };
  return JSON.stringify({ env, attribution: NO_ATTRIBUTION });
}

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
    ..."-p --input-format stream-json --output-format stream-json --verbose --include-partial-messages".split(" "),
    ...(keepsTranscript ? [] : ["--no-session-persistence"]),
    // Offered to no model: only a CLI that has its search among tools lets results refer to some. See tool-names.ts.
    ...["--tools", TOOL_SEARCH],
    ..."--strict-mcp-config --disable-slash-commands --permission-mode dontAsk".split(" "),
    // The servers of the client's tools: calls of others the CLI would answer by itself.
    ...["--allowed-tools", SERVERS.map((server) => `mcp__${server}`).join(",")],
    ..."--thinking-display summarized".split(" "),
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

/** No settings file of the user's or a project's, and `settings` (see {@link cliSettings}) over everything else. */
function isolation(settings: string): string[] {
  return ["--setting-sources", "", "--settings", settings];
}
