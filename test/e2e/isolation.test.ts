import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { apiError, text } from "../../src/simulator/reply.ts";
import { type Harness, startHarness, TEST_TOKEN } from "../support/harness.ts";
import { canSeeProcesses, claudeProcessesOf } from "../support/processes.ts";
import { logIn, STORED_TOKEN } from "../support/stored-login.ts";
import { readHealth } from "../support/wire.ts";

// The child process gets nothing but what it needs: no settings, hooks, tools or memory of the user's, and no secret of ours.

const MARK = "MARK-OF-THE-USERS-OWN-SETUP";
const SECRET_QUESTION = "SECRET-QUESTION-7c1";
const SECRET_ANSWER = "SECRET-ANSWER-7c1";
const SECRET_SYSTEM = "SECRET-SYSTEM-7c1";

const BODY = {
  model: "claude-sonnet-4",
  messages: [
    { role: "system", content: SECRET_SYSTEM },
    { role: "user", content: SECRET_QUESTION },
  ],
};

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
function crowdedHome(home: string): void {
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

/** What must not be passed on. */
const HOSTILE = {
  ANTHROPIC_API_KEY: "sk-ant-api03-must-not-be-used",
  ANTHROPIC_AUTH_TOKEN: "must-not-be-used",
  ANTHROPIC_BASE_URL: "http://127.0.0.1:9",
  ANTHROPIC_MODEL: "claude-opus-4-1",
  ANTHROPIC_CUSTOM_HEADERS: "x-leak: yes",
  CLAUDE_CODE_USE_BEDROCK: "1",
  CLAUDE_CODE_EXTRA_BODY: '{"temperature":0.5}',
  CLAUDECODE: "1",
  SOME_OTHER_SECRET: "hunter2",
};

describe("in a home and an environment that are full of what could reach a prompt,", () => {
  let app: Harness;
  beforeAll(async () => {
    app = await startHarness({ prepare: crowdedHome, env: HOSTILE });
    app.simulator.enqueue(text(SECRET_ANSWER), apiError(500, "api_error", "down"), text(SECRET_ANSWER));
    expect(await app.ask(BODY)).toBe(SECRET_ANSWER);
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test("the user's own setup reaches neither the prompt nor the machine: no memory, skill, command, agent, hook, helper or MCP server", () => {
    const sent = app.simulator.requests[0];
    expect(sent?.rawBody).not.toContain(MARK);
    expect(sent?.body.tools ?? []).toEqual([]);
    expect(sent?.body.model).toStartWith("claude-sonnet");
    expect(sent?.body.max_tokens).toBeGreaterThan(7);
    expect(app.simulator.unexpected.filter(({ method }) => method !== "HEAD")).toEqual([]);
    const traces = readdirSync(app.home).filter((name) => name.endsWith("-ran"));
    expect(traces).toEqual([]);
  });

  test("our own environment does not reach the CLI, apart from what it needs", () => {
    const sent = app.simulator.requests[0];
    expect(sent?.headers.get("authorization")).toBe(`Bearer ${TEST_TOKEN}`);
    expect(sent?.headers.get("x-api-key")).toBeNull();
    expect(sent?.headers.get("x-leak")).toBeNull();
    expect(sent?.body.temperature).toBeUndefined();
    if (!canSeeProcesses) return;
    const environments = claudeProcessesOf(app.home).map(({ env }) => env.join("\n"));
    expect(environments.length).toBeGreaterThan(0);
    for (const environment of environments) {
      expect(environment).not.toContain("must-not-be-used");
      expect(environment).not.toContain("hunter2");
      expect(environment).not.toContain("CLAUDECODE=");
    }
  });

  test("an env block in ~/.claude.json, and a helper for keys, change nothing: not who pays, who is asked, which model, what is sent, or which login is told", () =>
    expectNothingOf(app, TEST_TOKEN, "a login token"));

  // The last one: it stops the server.
  test("what clients and the model say is in no command line, log or file, and the working directory stays empty", async () => {
    if (canSeeProcesses) {
      const children = claudeProcessesOf(app.home);
      expect(children.length).toBeGreaterThan(0);
      for (const { argv, cwd, env } of children) {
        expect([...argv, ...env].join(" ")).not.toContain("SECRET-");
        expect(argv.join(" ")).not.toContain("dangerously");
        expect(readdirSync(cwd)).toEqual([]);
      }
    }
    await app.chat({ ...BODY, model: SECRET_QUESTION });
    await app.chat({ ...BODY, messages: [{ role: SECRET_QUESTION, content: SECRET_QUESTION }] });
    await app.chat({ ...BODY, [SECRET_QUESTION]: true, stream: true }).then((response) => response.text());
    await app.app.stop(0);
    expect(app.log.join("")).not.toContain("SECRET-");
    const found = await Bun.$`grep -rl SECRET- ${app.home}`.nothrow().quiet();
    expect(found.stdout.toString()).toBe("");
    expect(existsSync(app.home)).toBe(true);
  });
});

test("an API key reaches the CLI only when that was asked for", async () => {
  const env = { ...HOSTILE, CLAUDE_CODE_OAUTH_TOKEN: undefined, ANTHROPIC_AUTH_TOKEN: undefined };
  await using app = await startHarness({ env, config: { allowApiKey: true } });
  app.simulator.enqueue(text("Hi"));
  expect(await app.ask(BODY)).toBe("Hi");
  expect(app.simulator.requests[0]?.headers.get("x-api-key")).toBe("sk-ant-api03-must-not-be-used");
  expect((await readHealth(app.url)).login).toContain("bill the API");
});

test("an env block in ~/.claude.json, and a helper for keys, change nothing with a stored login either", async () => {
  await using app = await startHarness({
    env: { CLAUDE_CODE_OAUTH_TOKEN: undefined },
    prepare: (home) => {
      logIn(home);
      write(join(home, ".claude.json"), JSON.stringify({ env: ENV_BLOCK }));
      write(join(home, ".claude/settings.json"), JSON.stringify({ apiKeyHelper: "echo helper-key" }));
    },
  });
  app.simulator.enqueue(text("Hi"), apiError(500, "api_error", "down"));
  expect(await app.ask(BODY)).toBe("Hi");
  await expectNothingOf(app, STORED_TOKEN, "your Claude login");
});

/** The first request was answered, and the next one fails: neither is what the env block says, nor is another login told than used. */
async function expectNothingOf(app: Harness, used: string, told: string): Promise<void> {
  const sent = app.simulator.requests[0];
  expect(sent?.headers.get("authorization")).toBe(`Bearer ${used}`);
  expect(sent?.headers.get("x-api-key")).toBeNull();
  expect(sent?.headers.get("x-leak")).toBeNull();
  expect(sent?.body.model).toStartWith("claude-sonnet");
  expect(sent?.body.max_tokens).toBeGreaterThan(77);
  expect(sent?.body.stop_sequences).toBeUndefined();
  expect((await app.chat(BODY)).status).toBe(500);
  expect(app.simulator.requests).toHaveLength(2);
  expect((await readHealth(app.url)).login).toContain(told);
}
