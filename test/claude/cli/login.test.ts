import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cliEnvironment, cliSettings } from "../../../src/claude/cli/invocation.ts";
import { LoginSession, parseAuthStatus, readCode } from "../../../src/claude/cli/login.ts";
import { CLAUDE } from "../../support/harness.ts";

/** As printed by 2.1.330. */
const WITH_TOKEN = `{
  "loggedIn": true,
  "authMethod": "oauth_token",
  "apiProvider": "firstParty",
  "analyticsDisabled": true,
  "projectsDirectory": "/home/u/.claude/projects",
  "configDirectory": "/home/u/.claude",
  "loginExpiresAt": null,
  "consoleProfileSignInOffered": true
}
`;
const LOGGED_OUT = WITH_TOKEN.replace('"loggedIn": true', '"loggedIn": false').replace("oauth_token", "none");

describe("what `claude auth status` prints is read as", () => {
  test("a login by token", () => {
    expect(parseAuthStatus(WITH_TOKEN)).toEqual({
      loggedIn: true,
      billsByUse: false,
      description: "a login token from the environment (CLAUDE_CODE_OAUTH_TOKEN)",
      method: "oauth_token",
    });
  });

  test("not logged in", () => {
    expect(parseAuthStatus(LOGGED_OUT)).toEqual({
      loggedIn: false,
      billsByUse: false,
      description: "not logged in",
      method: "none",
    });
  });

  const kinds: [object, string][] = [
    [{ authMethod: "claude.ai", subscriptionType: "max" }, "your Claude login (max plan)"],
    [{ authMethod: "claude.ai", subscriptionType: "" }, "your Claude login"],
    [{ authMethod: "claude.ai", subscriptionType: null }, "your Claude login"],
    [{ authMethod: "claude.ai" }, "your Claude login"],
    [{ authMethod: "api_key" }, "an Anthropic API key: requests bill the API, not a subscription"],
    [{ authMethod: "api_key_helper" }, "an Anthropic API key: requests bill the API, not a subscription"],
    [{ authMethod: "third_party" }, "a cloud provider's account: requests bill it, not a subscription"],
    [{ authMethod: "passkey", subscriptionType: "pro" }, "passkey (pro plan)"],
    [{ authMethod: 7 }, "unknown login"],
    [{}, "unknown login"],
  ];
  test.each(kinds)("%j: %s", (fields, description) => {
    expect(parseAuthStatus(JSON.stringify({ loggedIn: true, ...fields }))).toMatchObject({
      loggedIn: true,
      description,
    });
  });

  test("a plan and an end, where they are told", () => {
    const status = { loggedIn: true, authMethod: "claude.ai", subscriptionType: "max" };
    const read = (loginExpiresAt: unknown) => parseAuthStatus(JSON.stringify({ ...status, loginExpiresAt }));
    expect(read("2026-12-18T22:31:21.000Z")).toMatchObject({
      plan: "max",
      expiresAt: new Date("2026-12-18T22:31:21.000Z"),
    });
    for (const untold of [null, "", "soon", 0, undefined]) expect(read(untold)?.expiresAt).toBeUndefined();
  });

  test("nothing of the account itself", () => {
    const account = {
      email: "me@example.com",
      orgName: "Acme",
      organization: "Acme",
      apiKeySource: "sk-ant-api03-x",
      storedClaudeAiLogin: true,
    };
    const login = parseAuthStatus(JSON.stringify({ loggedIn: true, authMethod: "claude.ai", ...account }));
    expect(login).toEqual({
      loggedIn: true,
      billsByUse: false,
      description: "your Claude login",
      method: "claude.ai",
    });
  });

  test.each(["", "Logged in as me", "null", "true", "[]", "{}", '{"loggedIn":"yes"}', '{"loggedIn":true'])(
    "unknown, when it is not the JSON we know: %j",
    (output) => {
      expect(parseAuthStatus(output)).toBeUndefined();
    },
  );

  test.each([
    ["with nothing else", { subscriptionType: null }, true],
    ["beside a subscription", { subscriptionType: "max" }, false],
    ["beside a login of which no plan is known", { subscriptionType: null, storedClaudeAiLogin: true }, false],
  ])("a key stored by /login, which older versions call claude.ai: %s", (_, fields, billsByUse) => {
    const status = { loggedIn: true, authMethod: "claude.ai", apiKeySource: "/login managed key", ...fields };
    expect(parseAuthStatus(JSON.stringify(status))).toMatchObject({ billsByUse });
  });
});

test("the real CLI begins its login, and tells why a code is not taken", async () => {
  const home = mkdtempSync(join(tmpdir(), "login-session-"));
  const cwd = join(home, "empty");
  mkdirSync(cwd);
  // A proxy that is not there: nothing leaves this machine.
  const own = { PATH: process.env.PATH, HOME: home, HTTPS_PROXY: "http://127.0.0.1:9" };
  const options = { allowApiKey: false };
  try {
    await using session = new LoginSession({
      path: CLAUDE,
      settings: cliSettings(options),
      env: cliEnvironment(own, options),
      cwd,
    });
    const addresses = await session.begin();
    const manual = new URL(addresses?.manualUrl ?? "");
    expect(manual.hostname).toBe("claude.com");
    expect(new URL(addresses?.automaticUrl ?? "").searchParams.get("redirect_uri")).toStartWith("http://localhost:");
    const code = readCode("abc", manual.href);
    expect(code).toEqual({ code: "abc", state: manual.searchParams.get("state") ?? "" });
    const done = session.completed().then(
      () => "done",
      (error: Error) => error.message,
    );
    await expect(session.submit(code ?? { code: "", state: "" })).rejects.toThrow(/^connect ECONNREFUSED/);
    expect(await done).toMatch(/^connect ECONNREFUSED/);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
