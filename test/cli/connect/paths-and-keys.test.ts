import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CLIENT_FILES, clientHome, FILE_CLIENTS, read } from "../../support/client-files.ts";
import { runCli } from "../../support/run-cli.ts";

const { home, pathOf, put, connect, write } = clientHome();

describe("a key that somebody wrote", () => {
  test.each([
    ["openclaw", '"any-key-works"', '"very-secret-key"'],
    ["opencode", '"any-key-works"', '"very-secret-key"'],
    ["kimi-code", 'api_key = "any-key-works"', 'api_key = "very-secret-key"'],
    ["qwen-code", '"any-key-works"', '"very-secret-key"'],
    ["pi", '"any-key-works"', '"very-secret-key"'],
    ["codex", 'wire_api = "responses"', 'wire_api = "responses"\nexperimental_bearer_token = "very-secret-key"'],
  ] as const)("into the file of %s stays, and is not shown", async (name, from, to) => {
    const path = put(name);
    await write(name);
    writeFileSync(path, read(path).replace(from, to));
    const key = ["--api-key", "very-secret-key"];
    const { code, stderr } = await connect(name, ["--write", "--yes", ...key]);
    expect([code, stderr.split("\n")[0]]).toEqual([0, `Nothing to change: ${path} has it all.`]);
    const { stdout } = await connect(name, ["--undo", "--dry-run", ...key]);
    expect(stdout).toContain("YOUR_KEY");
    expect(stdout).not.toContain("very-secret-key");
  });
});

describe.each(FILE_CLIENTS)("the name of the key's variable in the file of %s", (name) => {
  test("stays where no server can be asked whether it wants one", async () => {
    const path = pathOf(name);
    await connect(name, ["--write", "--yes", "--api-key", "very-secret-key"]);
    const { stderr } = await write(name);
    expect(stderr).toStartWith(`Nothing to change: ${path} has it all.\n`);
    expect(read(path)).toContain("CLAUDE_MAX_API_KEY");
  });

  // Qwen Code reads a key from a variable alone, and its settings may set that.
  test.skipIf(name === "qwen-code")("goes where the server wants none", async () => {
    await using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => Response.json({ name: "claude-max-api", status: "ok", version: "1.2.3" }),
    });
    const words = ["connect", name, "--write", "--yes", "--port", String(server.port)];
    await connect(name, ["--write", "--yes", "--api-key", "very-secret-key"]);
    await runCli(words, { home: home() });
    expect(read(pathOf(name))).not.toContain("CLAUDE_MAX_API_KEY");
  });
});

describe("the file is where the client looks for it", () => {
  test.each([
    ["codex", { CODEX_HOME: "HOME/elsewhere" }, "elsewhere/config.toml"],
    ["opencode", { XDG_CONFIG_HOME: "HOME/conf" }, "conf/opencode/opencode.json"],
    ["kilo", { XDG_CONFIG_HOME: "HOME/conf" }, "conf/kilo/kilo.json"],
    ["kimi-code", { KIMI_CODE_HOME: "HOME/kimi" }, "kimi/config.toml"],
    ["qwen-code", { QWEN_HOME: "HOME/qwen" }, "qwen/settings.json"],
    ["pi", { PI_CODING_AGENT_DIR: "HOME/pi" }, "pi/models.json"],
    ["openclaw", { OPENCLAW_CONFIG_PATH: "HOME/claw.json5" }, "claw.json5"],
    ["openclaw", { OPENCLAW_CONFIG_PATH: "~/claw.json5" }, "claw.json5"],
    ["openclaw", { OPENCLAW_STATE_DIR: "HOME/state" }, "state/openclaw.json"],
    ["openclaw", { OPENCLAW_HOME: "HOME/other" }, "other/.openclaw/openclaw.json"],
    ["openclaw", { OPENCLAW_HOME: "undefined" }, ".openclaw/openclaw.json"],
  ] as const)("%s with %j", async (name, variables, expected) => {
    const env = Object.fromEntries(
      Object.entries(variables).map(([key, value]) => [key, value.replace("HOME", home())]),
    );
    await connect(name, ["--write", "--yes"], { env });
    expect(existsSync(join(home(), expected))).toBe(true);
  });

  test("opencode's file with the name for comments goes before the other", async () => {
    put("opencode");
    const other = pathOf("opencode").replace(".json", ".jsonc");
    writeFileSync(other, "{ /* mine */ }");
    await write("opencode");
    expect(read(other)).toContain("claude-max-api");
    expect(read(pathOf("opencode"))).toBe(CLIENT_FILES.opencode.text);
  });
});

test("a folder where the file should be is told, and nothing is made", async () => {
  mkdirSync(pathOf("codex"), { recursive: true });
  const { code, stderr } = await write("codex");
  expect(code).toBe(1);
  expect(stderr).toContain(`cannot read ${pathOf("codex")}: `);
});

describe("what keeps the settings from having effect is told", () => {
  test.each([
    [
      "codex",
      'profile = "work"\n\n[profiles.work]\nmodel_provider = "other"\n',
      'Note: profile = "work" stands in it: ',
    ],
    ["opencode", '{ "disabled_providers": ["claude-max-api"] }', "Note: disabled_providers names claude-max-api"],
  ] as const)("%s: %j", async (name, text, note) => {
    const path = put(name, text);
    expect((await connect(name, ["--dry-run"])).stderr).toContain(note);
    expect((await write(name)).stderr).toContain(note);
    expect((await write(name)).stderr).toContain(`Nothing to change: ${path} has it all.\n${note}`);
  });

  test.each([
    ["codex", 'profile = "work"\n\n[profiles.work]\nmodel_provider = "claude-max-api"\n'],
    ["opencode", '{ "disabled_providers": ["other"], "enabled_providers": ["third"] }'],
  ] as const)("and nothing is, where all is well: %s: %j", async (name, text) => {
    put(name, text);
    expect((await write(name)).stderr).not.toContain("Note: ");
  });
});
