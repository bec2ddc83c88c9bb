import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeSystem } from "../../support/fake-system.ts";
import { installLoginClaude, LOGIN_PAGE as PAGE } from "../../support/login-claude.ts";
import { runCli } from "../../support/run-cli.ts";

let home: string;
let system: FakeSystem;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "login-"));
  system = new FakeSystem();
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const login = (
  typed: string,
  { args = [] as string[], env = {} as Record<string, string>, input = undefined as string | undefined } = {},
) =>
  runCli(["login", ...args], {
    home,
    system,
    typed,
    env: { PATH: join(home, "bin"), HOME: home, DISPLAY: ":0", ...env },
    ...(input === undefined ? {} : { input }),
  });

describe("login", () => {
  test.each(["good", "good#st", " good#st \n"])(
    "hands over a code that is pasted, and says when it is done: %p",
    async (code) => {
      installLoginClaude(home);
      const { code: exit, stdout, stderr } = await login(code);
      expect([exit, stderr]).toEqual([0, ""]);
      expect(stdout).toContain(`\n\n  ${PAGE}\n\n`);
      expect(stdout).toEndWith("Logged in: your Claude login (max plan). A server that runs notices by itself.\n");
      expect(system.commands).toEqual([`xdg-open ${PAGE}&automatic=1`]);
    },
  );

  test.each([
    ["a terminal", undefined],
    ["a pipe", ""],
  ])("is done when the browser is, also at %s", async (_, input) => {
    installLoginClaude(home, { byBrowser: true });
    expect(await login("", input === undefined ? {} : { input })).toMatchObject({ code: 0, stderr: "" });
  });

  test("says why it was not finished, and how it is done otherwise", async () => {
    installLoginClaude(home);
    const wrong = await login("bad");
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringContaining(
        "the login was not finished: Invalid code. Run `claude-max-api login` again, or `claude auth login`.",
      ),
    ]);
    expect((await login("no code")).stderr).toContain("the login was not finished: what was pasted is no code");
  });

  test("names the CLI's own command where that cannot be asked", async () => {
    installLoginClaude(home, { begins: false });
    const { code, stderr } = await login("");
    expect(code).toBe(1);
    expect(stderr).toContain("does not let another program begin its login. Run `claude auth login`.");
  });

  test("changes nothing where there is a login, unless that is wanted; a token is no such, and is named", async () => {
    installLoginClaude(home);
    writeFileSync(join(home, "logged-in"), "");
    expect((await login("")).stdout).toStartWith("The Claude CLI is logged in already: your Claude login (max plan).");
    const again = await login("good", { args: ["--again"], env: { CLAUDE_CODE_OAUTH_TOKEN: "sk-old" } });
    expect(again.stdout).toContain("Logged in: ");
    expect(again.stdout).toContain("CLAUDE_CODE_OAUTH_TOKEN is set, and goes before this login");
    rmSync(join(home, "logged-in"));
    expect((await login("bad", { env: { CLAUDE_CODE_OAUTH_TOKEN: "sk-old" } })).code).toBe(1);
  });
});

test("logout names the CLI's own command, and runs nothing", async () => {
  installLoginClaude(home);
  const { code, stdout } = await runCli(["logout"], { home, system, env: { PATH: join(home, "bin"), HOME: home } });
  expect([code, stdout, system.commands]).toEqual([0, "claude auth logout\n", []]);
});
