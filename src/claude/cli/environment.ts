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
export const FIXED = {
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

export type EnvironmentOptions = { readonly anthropicBaseUrl?: string; readonly allowApiKey: boolean };

/**
 * The environment of a `claude` process, built from an allow-list. Left out on purpose: an inherited ANTHROPIC_BASE_URL (it may
 * point at this very server), cloud-provider switches, CLAUDECODE and every other variable that changes what the CLI does.
 */
export function cliEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  options: EnvironmentOptions,
): Record<string, string> {
  const names: string[] = [...PASSED_ON, ...(options.allowApiKey ? API_KEY_VARIABLES : [])];
  const result: Record<string, string> = { ...FIXED };
  for (const name of names) {
    const value = own[name];
    if (value !== undefined && value !== "") result[name] = value;
  }
  if (options.anthropicBaseUrl !== undefined) result.ANTHROPIC_BASE_URL = options.anthropicBaseUrl;
  // An `env` block in ~/.claude.json may then not name another token; settings.ts sees to the rest. Only with a token: it hides a
  // stored login.
  if (result.CLAUDE_CODE_OAUTH_TOKEN !== undefined) result.CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST = "1";
  return result;
}
