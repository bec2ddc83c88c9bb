import { expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { apiError } from "../../src/simulator/reply.ts";
import type { Harness } from "./harness.ts";
import { readHealth } from "./wire.ts";

export const MARK = "MARK-OF-THE-USERS-OWN-SETUP";

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** As an env block in ~/.claude.json, which no flag turns off. */
const ENV_BLOCK = {
  ANTHROPIC_API_KEY: "sk-ant-api03-from-json",
  ANTHROPIC_AUTH_TOKEN: "from-json",
  ANTHROPIC_BASE_URL: "http://127.0.0.1:9",
  ANTHROPIC_CUSTOM_HEADERS: "x-leak: yes",
  ANTHROPIC_DEFAULT_SONNET_MODEL: "claude-of-another-kind",
  CLAUDE_CODE_USE_BEDROCK: "1",
  CLAUDE_CODE_MAX_OUTPUT_TOKENS: "77",
  CLAUDE_CODE_MAX_RETRIES: "3",
  CLAUDE_CODE_EXTRA_BODY: '{"stop_sequences":["H"]}',
};

/** A home directory where Claude Code is set up with everything that could reach a prompt or run a command. */
export function crowdedHome(home: string): void {
  const touch = { hooks: [{ type: "command", command: `touch ${join(home, "hook-ran")}` }] };
  const settings = {
    hooks: { SessionStart: [touch], UserPromptSubmit: [touch], Stop: [touch], SessionEnd: [touch] },
    env: { ANTHROPIC_BASE_URL: "http://127.0.0.1:9", CLAUDE_CODE_MAX_OUTPUT_TOKENS: "7" },
    outputStyle: MARK,
    model: "opus",
    apiKeyHelper: `touch ${join(home, "helper-ran")}; echo key`,
    permissions: { allow: ["Bash"], defaultMode: "bypassPermissions" },
  };
  const mcp = { mcpServers: { [MARK]: { command: "touch", args: [join(home, "mcp-ran")] } } };
  write(join(home, ".claude/settings.json"), JSON.stringify(settings));
  write(join(home, ".claude.json"), JSON.stringify({ ...mcp, env: ENV_BLOCK }));
  write(join(home, ".mcp.json"), JSON.stringify(mcp));
  write(join(home, "CLAUDE.md"), MARK);
  write(join(home, ".claude/CLAUDE.md"), MARK);
  write(join(home, ".claude/skills/mark/SKILL.md"), `---\nname: mark\ndescription: ${MARK}\n---\n${MARK}`);
  write(join(home, ".claude/commands/mark.md"), MARK);
  write(join(home, ".claude/agents/mark.md"), `---\nname: mark\ndescription: ${MARK}\n---\n${MARK}`);
  write(join(home, ".cache/CLAUDE.md"), MARK);
}

/** One request was answered, and the next one fails: neither is what the env block says, nor is another login told than used. */
export async function expectNothingOfIt(app: Harness, body: object, used: string, told: string): Promise<void> {
  const [sent, ...none] = app.simulator.requests;
  expect(none).toEqual([]);
  expect(sent?.headers.get("authorization")).toBe(`Bearer ${used}`);
  expect(sent?.headers.get("x-api-key")).toBeNull();
  expect(sent?.headers.get("x-leak")).toBeNull();
  expect(sent?.body.model).toStartWith("claude-sonnet");
  expect(sent?.body.max_tokens).toBeGreaterThan(77);
  expect(sent?.body.stop_sequences).toBeUndefined();
  app.simulator.enqueue(apiError(500, "api_error", "down"));
  expect((await app.chat(body)).status).toBe(500);
  expect(app.simulator.requests).toHaveLength(2);
  expect((await readHealth(app.url)).login).toContain(told);
}
