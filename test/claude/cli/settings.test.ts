import { describe, expect, test } from "bun:test";
import { cliSettings } from "../../../src/claude/cli/settings.ts";

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
