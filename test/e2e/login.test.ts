import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHarness } from "../support/harness.ts";
import { installLoginClaude, LOGIN_PAGE } from "../support/login-claude.ts";
import { until } from "../support/wait.ts";

test("who logs in by the page makes the server well, and neither a code nor an address is logged", async () => {
  const folder = mkdtempSync(join(tmpdir(), "claude-max-api-login-"));
  try {
    await using app = await startHarness({
      env: { CLAUDE_CODE_OAUTH_TOKEN: undefined },
      config: { claudePath: installLoginClaude(folder) },
    });
    const post = async (path: string, body?: object) => {
      const init = body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      return await (await fetch(`${app.url}/page/login${path}`, { method: "POST", ...init })).json();
    };
    const content = async () => (await fetch(`${app.url}/page/content`)).text();
    expect((await fetch(`${app.url}/health`)).status).toBe(503);
    expect(await content()).toContain(">Log in</button>");
    expect(await post("")).toEqual({ login: "open" });
    expect(await content()).toContain(`href="${LOGIN_PAGE}"`);
    expect(await post("/code", { code: "bad" })).toEqual({ login: "offered" });
    expect(await content()).toContain("The login was not finished: Invalid code.");
    await post("");
    await post("/code", { code: "good#st" });
    await until(async () => (await fetch(`${app.url}/health`)).status === 200, "the server is well");
    await until(async () => !(await content()).includes("/page/login"), "nothing is offered any more");
    const again = await fetch(`${app.url}/page/login`, { method: "POST" });
    expect(again.status).toBe(400);
    expect(app.log.join("")).not.toMatch(/good#st|authorize|state=/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
