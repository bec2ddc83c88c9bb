import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cliEnvironment } from "../../../src/claude/cli/environment.ts";
import { LoginSession, readCode } from "../../../src/claude/cli/login-session.ts";
import { cliSettings } from "../../../src/claude/cli/settings.ts";
import { CLAUDE } from "../../support/harness.ts";

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
