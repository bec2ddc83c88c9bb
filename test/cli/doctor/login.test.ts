import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { LOGGED_IN, MadeUpMachine } from "./made-up-machine.ts";

let machine: MadeUpMachine;
beforeEach(() => {
  machine = new MadeUpMachine();
});
afterEach(() => machine[Symbol.dispose]());

describe("the login", () => {
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  test.each([
    ["there is none", { loggedIn: false }, "problem", "not logged in", "claude auth login"],
    ["it is a plan's", LOGGED_IN, "ok", "(max plan)", undefined],
    ["it ends in a month", { ...LOGGED_IN, loginExpiresAt: inDays(30) }, "ok", "until 20", undefined],
    ["it ends tomorrow", { ...LOGGED_IN, loginExpiresAt: inDays(1) }, "warning", "ends on", "claude auth login"],
    ["it ended yesterday", { ...LOGGED_IN, loginExpiresAt: inDays(-1) }, "problem", "ended on", "claude auth login"],
    [
      "it bills by use",
      { loggedIn: true, authMethod: "third_party" },
      "problem",
      "no subscription",
      "claude auth login",
    ],
    ["it is not told", {}, "warning", "unknown", "claude update"],
  ])("%s", async (_, status, expected, message, command) => {
    machine.installClaude({ status });
    const [finding] = await machine.findings("login");
    expect(finding).toMatchObject({ status: expected, message: expect.stringContaining(message) });
    expect(finding?.command).toBe(command);
  });

  test("is made by the CLI that is used, also where the shell finds none", async () => {
    const path = machine.installClaude({ status: { loggedIn: false }, folder: "my tools" });
    const [finding] = await machine.findings("login", ["--port", "0", "--claude-path", path]);
    expect(finding?.command).toBe(`'${path}' auth login`);
    expect(finding?.message).toContain(`Run \`'${path}' auth login\``);
  });

  test("that bills by use is a warning where that was asked for", async () => {
    machine.installClaude({ status: { loggedIn: true, authMethod: "api_key" } });
    machine.env.ANTHROPIC_API_KEY = "sk-ant-api03-secret";
    const findings = await machine.findings("login", ["--port", "0", "--allow-api-key"]);
    expect(findings).toMatchObject([{ status: "warning", command: "claude-max-api --port 0 --no-allow-api-key" }]);
  });

  test("a key in the environment is a warning, although it is not passed on", async () => {
    machine.env.ANTHROPIC_API_KEY = "sk-ant-api03-secret";
    expect(await machine.findings("login")).toMatchObject([
      { status: "ok" },
      { status: "warning", command: "unset ANTHROPIC_API_KEY" },
    ]);
  });

  test("what Claude Code's own file sets is named, without values, and whether it has an effect", async () => {
    const env = { ANTHROPIC_BASE_URL: "http://gateway", ANTHROPIC_API_KEY: "sk-secret", HTTPS_PROXY: "http://proxy" };
    machine.write(".claude.json", JSON.stringify({ env, oauthAccount: { emailAddress: "me@example.com" } }));
    const [, finding] = await machine.findings("login");
    expect(finding).toEqual({
      check: "login",
      status: "ok",
      message:
        `The env block of ${machine.home}/.claude.json sets ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY (without effect here) and ` +
        "HTTPS_PROXY (applied to every request).",
    });
  });

  test("whose lock was left behind is a warning, with the command that takes it away", async () => {
    const lock = join(machine.home, ".claude", ".oauth_refresh.lock");
    mkdirSync(lock, { recursive: true });
    expect(await machine.findings("login")).toHaveLength(1);
    utimesSync(lock, new Date(), new Date(Date.now() - 600_000));
    expect((await machine.findings("login")).at(-1)).toMatchObject({
      status: "warning",
      message: expect.stringContaining("was left behind 10 minutes ago"),
      command: `rm -r ${lock}`,
    });
  });

  test("nothing of the account, and no secret, is told", async () => {
    const account = { email: "me@example.com", orgId: "org-1234", orgName: "Acme", apiKeySource: "sk-ant-api03-x" };
    machine.installClaude({ status: { ...LOGGED_IN, ...account } });
    machine.env.ANTHROPIC_AUTH_TOKEN = "sk-ant-secret";
    machine.env.CLAUDE_CODE_OAUTH_TOKEN = "sk-ant-oat01-secret";
    machine.env.CLAUDE_MAX_API_KEY = "my-server-secret";
    for (const args of [
      ["--port", "0"],
      ["--port", "0", "--json"],
    ]) {
      const { stdout, stderr } = await machine.doctor(args);
      expect(stdout + stderr).not.toMatch(/me@example|org-1234|Acme|sk-ant|secret/);
    }
  });
});
