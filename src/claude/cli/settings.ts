import { API_KEY_VARIABLES, FIXED } from "./environment.ts";

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

export type SettingsOptions = { readonly anthropicBaseUrl?: string; readonly allowApiKey: boolean };

/**
 * The value of `--settings`: the one place that wins over the `env` block of the user's `~/.claude.json`. An empty string is
 * as good as unset. It stands in a command line, so it holds no secret: an API key that may be used stays in the environment.
 */
export function cliSettings({ anthropicBaseUrl, allowApiKey }: SettingsOptions): string {
  const unset = [...NOT_FROM_USER_FILES, ...(allowApiKey ? [] : API_KEY_VARIABLES)];
  const env = {
    ...Object.fromEntries(unset.map((name) => [name, ""])),
    ...FIXED,
    ...(anthropicBaseUrl === undefined ? {} : { ANTHROPIC_BASE_URL: anthropicBaseUrl }),
  };
  return JSON.stringify({ env, attribution: NO_ATTRIBUTION });
}
