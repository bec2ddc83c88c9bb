import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { blocks, text, toolUse } from "../../src/simulator/reply.ts";
import { crowdedHome, expectNothingOfIt, MARK } from "../support/crowded-home.ts";
import { type Harness, startHarness, TEST_TOKEN } from "../support/harness.ts";
import { canSeeProcesses, claudeProcessesOf, processesOf } from "../support/processes.ts";
import { receivedSystem } from "../support/received.ts";
import { functionTool } from "../support/tools.ts";
import { readHealth } from "../support/wire.ts";

// The child process gets nothing but what it needs: no settings, hooks, tools or memory of the user's, and no secret of ours.

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

const scratchFolders = () =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`claude-max-api-cli-${process.pid}-`));

describe("in a home and an environment that are full of what could reach a prompt,", () => {
  let app: Harness;
  /** The server that files share has a folder, too. */
  let others: string[];
  /** How many there were when the server was stopped. */
  let requests: number;
  beforeAll(async () => {
    others = scratchFolders();
    app = await startHarness({ prepare: crowdedHome, env: HOSTILE });
    app.simulator.enqueue(text(SECRET_ANSWER));
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
    expectNothingOfIt(app, BODY, TEST_TOKEN, "a login token"));

  // It stops the server.
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
    app.simulator.enqueue(text(SECRET_ANSWER), blocks([toolUse("toolu_1", "look", { at: SECRET_ANSWER })]));
    for (const more of [{ [SECRET_QUESTION]: true }, { tools: [functionTool("look")] }])
      expect(await (await app.chat({ ...BODY, ...more, stream: true })).text()).toContain("[DONE]");
    expect((await readHealth(app.url)).workers.parked).toBe(1);
    requests = app.simulator.requests.length;
    await app.app.stop(0);
    expect(app.log.join("")).not.toContain("SECRET-");
    const found = await Bun.$`grep -rl SECRET- ${app.home}`.nothrow().quiet();
    expect(found.stdout.toString()).toBe("");
    expect(existsSync(app.home)).toBe(true);
  });

  test("of a server that was stopped no process is left, nor the CLI's own files: temporary ones, and its logs", () => {
    expect(scratchFolders()).toEqual(others);
    expect(readdirSync(app.home, { recursive: true }).filter((name) => String(name).includes("mcp-logs"))).toEqual([]);
    if (canSeeProcesses) expect(processesOf(app.home)).toEqual([]);
  });

  test("to end a process whose call waits for its result costs no request: left to itself, the CLI would tell the model of it", () => {
    expect(requests).toBe(app.simulator.requests.length);
  });
});

describe("where an API key may be used,", () => {
  const MARK = "__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__";
  const system = `a\n  ${MARK}\t\nb\nSee ${MARK} there.`;
  let app: Harness;
  beforeAll(async () => {
    const env = { ...HOSTILE, CLAUDE_CODE_OAUTH_TOKEN: undefined, ANTHROPIC_AUTH_TOKEN: undefined };
    app = await startHarness({ env, config: { allowApiKey: true } });
    app.simulator.enqueue(text("Hi"));
    const messages = [{ role: "system", content: system }, ...BODY.messages.slice(1)];
    expect(await app.ask({ ...BODY, messages })).toBe("Hi");
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test("it reaches the CLI, and that it is billed is told", async () => {
    expect(app.simulator.requests[0]?.headers.get("x-api-key")).toBe("sk-ant-api03-must-not-be-used");
    expect((await readHealth(app.url)).login).toContain("bill the API");
  });

  // No process can be bound to it anew, so this is the first question of one.
  test("a system prompt arrives whole, also with the words where the CLI takes its own apart, on a line alone and in one", () => {
    const [sent] = app.simulator.requests;
    expect(sent && receivedSystem(sent)?.trim()).toBe(system);
  });
});
