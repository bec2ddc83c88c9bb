import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { authStatusArguments, cliArguments, cliEnvironment, cliSettings } from "../../../src/claude/cli/invocation.ts";

/** What every CLI process gets, whatever our own environment holds. */
const ALWAYS = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  DISABLE_AUTOUPDATER: "1",
  CLAUDE_CODE_DISABLE_ATTACHMENTS: "1",
  CLAUDE_CODE_DISABLE_CLAUDE_MDS: "1",
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: "1",
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
  CLAUDE_AGENT_SDK_DISABLE_BUILTIN_AGENTS: "1",
  DISABLE_AUTO_COMPACT: "1",
  ENABLE_TOOL_SEARCH: "false",
  CLAUDE_AGENT_SDK_MCP_NO_PREFIX: "1",
  CLAUDE_CODE_MAX_MCP_DESCRIPTION_LENGTH: "10000000",
  CLAUDE_CODE_MAX_TOOL_USE_CONCURRENCY: "1000",
  CLAUDE_CODE_DISABLE_MCP_TASKS: "1",
  CLAUDE_CODE_DISABLE_MCP_TASK_BACKGROUND: "1",
  MAX_MCP_OUTPUT_TOKENS: "100000000",
  ENABLE_MCP_LARGE_OUTPUT_FILES: "false",
  MAX_STRUCTURED_OUTPUT_RETRIES: "2",
  CLAUDE_CODE_MAX_RETRIES: "0",
  CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK: "1",
  CLAUDE_CODE_DISABLE_REFUSAL_RETRY: "1",
  CLAUDE_CODE_DISABLE_REFUSAL_FALLBACK: "1",
};

/** Everything that is passed on from our own environment. */
const PASSED_ON = {
  PATH: "/usr/bin:/bin",
  HOME: "/home/u",
  USER: "u",
  LOGNAME: "u",
  LANG: "de_DE.UTF-8",
  LC_ALL: "C",
  LC_CTYPE: "UTF-8",
  TZ: "Europe/Berlin",
  TMPDIR: "/tmp",
  TEMP: "/temp",
  TMP: "/tmp2",
  XDG_CONFIG_HOME: "/home/u/.config",
  XDG_RUNTIME_DIR: "/run/user/1000",
  DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/user/1000/bus",
  HTTP_PROXY: "http://proxy:1",
  HTTPS_PROXY: "http://proxy:2",
  NO_PROXY: "localhost",
  http_proxy: "http://proxy:3",
  https_proxy: "http://proxy:4",
  no_proxy: "127.0.0.1",
  ALL_PROXY: "socks5://proxy:5",
  all_proxy: "socks5://proxy:6",
  NODE_USE_SYSTEM_CA: "1",
  CLAUDE_CODE_CERT_STORE: "system",
  CLAUDE_CODE_CLIENT_CERT: "/client.pem",
  CLAUDE_CODE_CLIENT_KEY: "/client.key",
  CLAUDE_CODE_CLIENT_KEY_PASSPHRASE: "word",
  NODE_EXTRA_CA_CERTS: "/ca.pem",
  SSL_CERT_FILE: "/cert.pem",
  SSL_CERT_DIR: "/certs",
  CLAUDE_CONFIG_DIR: "/home/u/.claude-work",
  CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-mine",
  CLAUDE_CODE_GIT_BASH_PATH: "C:\\Git\\bin\\bash.exe",
  SystemRoot: "C:\\Windows",
  SystemDrive: "C:",
  windir: "C:\\Windows",
  ComSpec: "C:\\Windows\\system32\\cmd.exe",
  PATHEXT: ".COM;.EXE",
  USERNAME: "u",
  USERPROFILE: "C:\\Users\\u",
  HOMEDRIVE: "C:",
  HOMEPATH: "\\Users\\u",
  APPDATA: "C:\\Users\\u\\AppData\\Roaming",
  LOCALAPPDATA: "C:\\Users\\u\\AppData\\Local",
  ProgramData: "C:\\ProgramData",
  ProgramFiles: "C:\\Program Files",
};

/** Variables that would change what the CLI does, whom it talks to or who pays. */
const NEVER_INHERITED = [
  "ANTHROPIC_BASE_URL",
  "ANTHROPIC_MODEL",
  "ANTHROPIC_SMALL_FAST_MODEL",
  "ANTHROPIC_DEFAULT_OPUS_MODEL",
  "ANTHROPIC_CUSTOM_HEADERS",
  "ANTHROPIC_BEDROCK_BASE_URL",
  "ANTHROPIC_VERTEX_PROJECT_ID",
  "AWS_BEARER_TOKEN_BEDROCK",
  "AWS_ACCESS_KEY_ID",
  "CLAUDECODE",
  "CLAUDE_CODE_ENTRYPOINT",
  "CLAUDE_CODE_SIMPLE",
  "CLAUDE_CODE_USE_BEDROCK",
  "CLAUDE_CODE_USE_VERTEX",
  "CLAUDE_CODE_USE_FOUNDRY",
  "CLAUDE_CODE_EXTRA_BODY",
  "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
  "MAX_THINKING_TOKENS",
  "CLAUDE_MAX_API_KEY",
  "OPENAI_API_KEY",
  "NODE_OPTIONS",
  "BUN_OPTIONS",
  "LD_PRELOAD",
];

const never = Object.fromEntries(NEVER_INHERITED.map((name) => [name, "inherited"]));

describe("the environment of the CLI", () => {
  test("is exactly this, out of our own with everything in it", () => {
    const own = { ...PASSED_ON, ...never, ANTHROPIC_API_KEY: "sk-ant-api", ANTHROPIC_AUTH_TOKEN: "token" };
    expect(cliEnvironment(own, { allowApiKey: false })).toEqual({
      ...ALWAYS,
      ...PASSED_ON,
      CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: "1",
    });
  });

  test("is the fixed settings alone, out of an empty one", () => {
    expect(cliEnvironment({}, { allowApiKey: false })).toEqual(ALWAYS);
  });

  test.each(NEVER_INHERITED)("never inherits %s", (name) => {
    expect(cliEnvironment({ [name]: "inherited" }, { allowApiKey: true })).not.toHaveProperty(name);
  });

  test.each(["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"])("has %s only if that is allowed", (name) => {
    const own = { [name]: "sk-ant-secret" };
    expect(cliEnvironment(own, { allowApiKey: false })).not.toHaveProperty(name);
    expect(cliEnvironment(own, { allowApiKey: true })).toEqual({ ...ALWAYS, [name]: "sk-ant-secret" });
  });

  test("has the API's address only from our own options, never from the environment", () => {
    const own = { ANTHROPIC_BASE_URL: "http://127.0.0.1:3456" };
    const options = { allowApiKey: false, anthropicBaseUrl: "http://127.0.0.1:9999" };
    expect(cliEnvironment(own, options)).toEqual({ ...ALWAYS, ANTHROPIC_BASE_URL: "http://127.0.0.1:9999" });
  });

  test.each(Object.keys(ALWAYS))("does not let our own environment change %s", (name) => {
    expect(cliEnvironment({ [name]: "changed" }, { allowApiKey: true })).toEqual(ALWAYS);
  });

  test("leaves out what is empty or unset: an empty CLAUDE_CONFIG_DIR is not the user's", () => {
    const own = { CLAUDE_CONFIG_DIR: "", CLAUDE_CODE_OAUTH_TOKEN: undefined, ANTHROPIC_API_KEY: "" };
    expect(cliEnvironment(own, { allowApiKey: true })).toEqual(ALWAYS);
  });

  test("holds no other name, whatever our own environment holds", () => {
    const known = new Set([...Object.keys(ALWAYS), ...Object.keys(PASSED_ON), "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"]);
    const anyName = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", ...NEVER_INHERITED, ...known));
    fc.assert(
      fc.property(fc.dictionary(anyName, fc.string()), (own) => {
        const names = Object.keys(cliEnvironment(own, { allowApiKey: false }));
        expect(names.filter((name) => !known.has(name))).toEqual([]);
      }),
    );
  });
});

const envOf = (options: Parameters<typeof cliSettings>[0]): Record<string, string> =>
  JSON.parse(cliSettings(options)).env;

describe("the settings that win over the user's own configuration files", () => {
  test("name no other party, credentials or model, and add nothing to requests", () => {
    const env = envOf({ allowApiKey: false });
    for (const name of [
      "ANTHROPIC_API_KEY",
      "ANTHROPIC_AUTH_TOKEN",
      "ANTHROPIC_BASE_URL",
      "CLAUDE_CODE_USE_BEDROCK",
      "ANTHROPIC_DEFAULT_SONNET_MODEL",
      "ANTHROPIC_CUSTOM_HEADERS",
      "CLAUDE_CODE_EXTRA_BODY",
      "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
    ]) {
      expect(env[name]).toBe("");
    }
  });

  test("keep what every process is started with", () => {
    expect(envOf({ allowApiKey: false })).toMatchObject({
      CLAUDE_CODE_MAX_RETRIES: "0",
      CLAUDE_CODE_DISABLE_ATTACHMENTS: "1",
      DISABLE_AUTO_COMPACT: "1",
    });
  });

  test("have the CLI add nothing of its own for a function that is named like one of its tools", () => {
    expect(JSON.parse(cliSettings({ allowApiKey: false })).attribution).toEqual({ commit: "", pr: "" });
  });

  test("name the base URL that was asked for", () => {
    expect(envOf({ allowApiKey: false, anthropicBaseUrl: "http://127.0.0.1:1" }).ANTHROPIC_BASE_URL).toBe(
      "http://127.0.0.1:1",
    );
  });

  test("leave API keys to the environment when they are allowed", () => {
    const env = envOf({ allowApiKey: true });
    expect(env).not.toHaveProperty("ANTHROPIC_API_KEY");
    expect(env).not.toHaveProperty("ANTHROPIC_AUTH_TOKEN");
  });
});

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
