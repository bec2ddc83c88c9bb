import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type InstallationOptions, inspectInstallation } from "../../../src/claude/cli/installation.ts";
import { managedSettings, withManaged } from "../../../src/claude/cli/managed-settings.ts";
import { remedyFor } from "../../../src/claude/cli/shell-commands.ts";
import { whyNotRunning } from "../../../src/claude/cli/start-failure.ts";
import { ApiError } from "../../../src/core/error.ts";
import { makeScripts, type Scripts } from "../../support/scripts.ts";

let scripts: Scripts;
beforeEach(() => {
  scripts = makeScripts();
});
afterEach(() => scripts[Symbol.dispose]());

const LOGGED_IN = `echo '{"loggedIn":true,"authMethod":"claude.ai","subscriptionType":"max"}'`;

/** A `claude` that answers `--version` and `auth status` as told. */
function fakeClaude({ version = "echo '2.1.330 (Claude Code)'", auth = LOGGED_IN } = {}): string {
  return scripts.write(
    "claude",
    `case "$*" in\n--version) ${version} ;;\n*"auth status") ${auth} ;;\n*) exit 64 ;;\nesac`,
  );
}

function inspect(options: Partial<InstallationOptions> = {}) {
  return inspectInstallation({
    home: "/home/nobody",
    platform: process.platform,
    env: { PATH: scripts.directory },
    cliEnv: { PATH: "/usr/bin:/bin" },
    workingDirectory: scripts.directory,
    settings: "{}",
    allowApiKey: false,
    ...options,
  });
}

const problemOf = async (options: Partial<InstallationOptions> = {}): Promise<ApiError> =>
  inspect(options).then(
    () => {
      throw new Error("the installation was accepted");
    },
    (error: ApiError) => error,
  );

describe("what does not run is told with its cause and what helps:", () => {
  const elf = (machine: number) => {
    const head = Buffer.alloc(64);
    head.writeUInt32BE(0x7f454c46, 0);
    head.writeUInt16LE(machine, 18);
    return head;
  };
  test.each([
    ["an empty file", "", /the file is empty, as an installation leaves it that broke off.*install/],
    [
      "a script whose interpreter is not there",
      "#!/no/such/node\n",
      /a script for \/no\/such\/node, which is not there/,
    ],
    ["a program for another processor", elf(0x1234), /made for another processor, and this machine is/],
    ["no program", "hello", /the file is no program/],
    [
      "a script that runs what is not there",
      "#!/bin/sh\nexec no-node cli.js",
      /it runs no-node, which is not on the PATH/,
    ],
    ["a script for what is not there", "#!/usr/bin/env no-node\n", /it runs no-node, which is not on the PATH/],
  ])("%s", async (_, content, told) => {
    const claudePath = join(scripts.directory, "claude");
    writeFileSync(claudePath, content, { mode: 0o755 });
    const { code, message } = await problemOf({ claudePath });
    expect(code).toBe("cli_failed");
    expect(message).toMatch(told);
    expect(message).toContain("no restart is needed");
  });

  test("of the program that is there for another system, its loader", () => {
    const path = join(scripts.directory, "claude");
    const machine = { x64: 62, arm64: 183 }[process.arch as string] ?? 62;
    writeFileSync(path, elf(machine), { mode: 0o755 });
    expect(whyNotRunning(path, { code: "ENOENT" })).toMatch(/its loader is not there/);
  });
});

describe("settings of whoever manages the machine", () => {
  test("are named where they have to do with a login that does not do", async () => {
    fakeClaude({ auth: `echo '{"loggedIn":true,"authMethod":"api_key_helper"}'` });
    const file = join(scripts.directory, "managed-settings.json");
    writeFileSync(file, JSON.stringify({ apiKeyHelper: "/bin/key", hooks: {} }));
    const { message } = await problemOf({ managedFolder: scripts.directory });
    expect(message).toContain(`The login is what whoever manages this machine has set: apiKeyHelper in ${file}.`);
    expect((await problemOf({ managedFolder: "/nowhere" })).message).not.toContain("manages");
  });

  test.each([
    ["login_refused", 401, "apiKeyHelper in FILE."],
    ["permission_denied", 403, "apiKeyHelper in FILE."],
    [
      "cli_failed",
      undefined,
      "Hooks that whoever manages this machine has set run in each turn, and may be why: see FILE.",
    ],
    ["upstream_error", undefined, "see FILE."],
    ["upstream_error", 500, undefined],
    ["invalid_request", 400, undefined],
  ] as const)(
    "are named in an error of a turn that they may have brought about: %s %p",
    (code, upstreamStatus, named) => {
      const folder = scripts.directory;
      const file = join(folder, "managed-settings.json");
      writeFileSync(file, JSON.stringify({ apiKeyHelper: "/bin/key", hooks: {} }));
      const error = new ApiError(code, "It failed.", { upstreamStatus });
      const told = withManaged(error, "linux", folder);
      if (named === undefined) expect(told).toBe(error);
      else expect(told.message).toEndWith(named.replace("FILE", file));
      expect(told).toMatchObject({ code, upstreamStatus });
      // Once, and not where nothing is set.
      expect(withManaged(told, "linux", folder)).toBe(told);
      expect(withManaged(error, "linux", "/nowhere")).toBe(error);
    },
  );

  test("are found in each of their files, by name, without a value", () => {
    mkdirSync(join(scripts.directory, "managed-settings.d"));
    for (const [name, text] of [
      ["managed-settings.json", '{"env":{"A":"secret"}}'],
      ["managed-settings.d/b.json", "no"],
    ] as const)
      writeFileSync(join(scripts.directory, name), text);
    expect(managedSettings("linux", scripts.directory)).toEqual([
      { file: join(scripts.directory, "managed-settings.json"), names: ["env"] },
      { file: join(scripts.directory, "managed-settings.d/b.json"), names: [] },
    ]);
  });
});

describe("an installation is usable", () => {
  test("though a wrapper prints of other things before", async () => {
    const version = "echo 'node v22.1.0'; echo '2.1.330 (Claude Code)'";
    const path = fakeClaude({ version, auth: `echo 'using node v22.1.0'; ${LOGGED_IN}` });
    expect(await inspect()).toEqual({ path, version: "2.1.330", login: "your Claude login (max plan)" });
  });

  test("when it is found, new enough and logged in", async () => {
    const path = fakeClaude();
    expect(await inspect()).toEqual({ path, version: "2.1.330", login: "your Claude login (max plan)" });
  });

  test("when the user named it, although it is not on PATH", async () => {
    const claudePath = fakeClaude();
    expect(await inspect({ claudePath, env: {} })).toMatchObject({ path: claudePath });
  });

  test("when it cannot tell its login: the first request will", async () => {
    fakeClaude({ auth: "echo 'unknown command: auth' >&2; exit 1" });
    expect(await inspect()).toMatchObject({ login: "unknown (this CLI does not tell)" });
  });

  test("when it does not tell its login in time", async () => {
    fakeClaude({ auth: "sleep 600; exit" });
    expect(await inspect({ timeoutMs: 2_000 })).toMatchObject({ login: "unknown (this CLI does not tell)" });
  });
});

describe("an installation is refused", () => {
  test("as missing, with the way to install it, when there is none", async () => {
    // Windows's usual places are all under the home directory: what this machine has installed is not among them.
    const problem = await problemOf({ env: {}, home: scripts.directory, platform: "win32" });
    expect(problem).toMatchObject({ name: "ApiError", code: "cli_missing" });
    for (const remedy of ["on PATH or in the usual places", "irm https://claude.ai/install.ps1 | iex", "--claude-path"])
      expect(problem.message).toContain(remedy);
  });

  test.each(["darwin", "linux"] as const)("as missing, with the command that installs it on %s", (platform) => {
    expect(remedyFor("cli_missing", { env: {}, platform }, undefined)).toBe(
      "curl -fsSL https://claude.ai/install.sh | bash",
    );
  });

  test("as logged out, with the path where only npm puts the CLI on PATH: the user's shell has it not", () => {
    const path = "/clone/node_modules/.bin/claude";
    const login = (PATH: string) => remedyFor("cli_logged_out", { env: { PATH }, platform: "linux" }, path);
    expect(login("/clone/node_modules/.bin:/usr/bin")).toBe(`${path} auth login`);
    expect(remedyFor("cli_logged_out", { env: { PATH: "/usr/bin" }, platform: "linux" }, "/usr/bin/claude")).toBe(
      "claude auth login",
    );
  });

  test("as missing, when the one the user named is not there", async () => {
    fakeClaude();
    const problem = await problemOf({ claudePath: "/nowhere/claude" });
    expect(problem.code).toBe("cli_missing");
    expect(problem.message).toContain("not found at /nowhere/claude");
  });

  test("as missing, when what the user named is a directory", async () => {
    const claudePath = join(scripts.directory, "claude");
    mkdirSync(claudePath);
    expect(await problemOf({ claudePath })).toMatchObject({ code: "cli_missing" });
  });

  test("as missing, when what the user named is not executable", async () => {
    const claudePath = join(scripts.directory, "claude");
    writeFileSync(claudePath, "#!/bin/sh\n", { mode: 0o644 });
    const problem = await problemOf({ claudePath });
    expect(problem.code).toBe("cli_missing");
    expect(problem.message).toContain(`chmod +x ${claudePath}`);
  });

  test("as outdated, with both versions and the command that updates it", async () => {
    const path = fakeClaude({ version: "echo 2.1.249" });
    const problem = await problemOf();
    expect(problem.code).toBe("cli_outdated");
    for (const part of [path, "2.1.249", "2.1.250", "claude update"]) expect(problem.message).toContain(part);
  });

  test("as outdated rather than logged out, when it is both: an update comes first", async () => {
    fakeClaude({ version: "echo 2.1.249", auth: `echo '{"loggedIn":false}'` });
    expect(await problemOf()).toMatchObject({ code: "cli_outdated" });
  });

  test("as logged out, although `auth status` then exits with 1", async () => {
    fakeClaude({ auth: `echo '{"loggedIn":false,"authMethod":"none"}'; exit 1` });
    const problem = await problemOf();
    expect(problem.code).toBe("cli_logged_out");
    for (const remedy of ["`claude auth login`", "CLAUDE_CODE_OAUTH_TOKEN"]) expect(problem.message).toContain(remedy);
  });

  const BILLED_BY_USE: [string, RegExp][] = [
    ["api_key", /only an Anthropic API key.*\/login.*--allow-api-key/],
    ["api_key_helper", /only an Anthropic API key/],
    ["third_party", /only a cloud provider's account/],
  ];
  test.each(BILLED_BY_USE)(
    "as logged out, when all it has is %s, which a subscription does not pay",
    async (method, hint) => {
      fakeClaude({ auth: `echo '{"loggedIn":true,"authMethod":"${method}"}'` });
      const problem = await problemOf();
      expect(problem.code).toBe("cli_logged_out");
      expect(problem.message).toMatch(hint);
      expect(await inspect({ allowApiKey: true })).toMatchObject({ version: "2.1.330" });
    },
  );

  test("as failed, with what it printed, when it tells no version", async () => {
    fakeClaude({ version: "echo oops; echo 'bad CPU type' >&2; exit 86" });
    const problem = await problemOf();
    expect(problem.code).toBe("cli_failed");
    expect(problem.message).toContain("(exit code 86): oops bad CPU type");
  });

  test("as failed, with the command and the time it had, when a wrapper's program never answers", async () => {
    const path = fakeClaude({ version: "sleep 600; exit", auth: "sleep 600; exit" });
    const problem = await problemOf({ timeoutMs: 200 });
    expect(problem.code).toBe("cli_failed");
    expect(problem.message).toStartWith(`\`${path} --version\` did not answer within 0.2 seconds. `);
  });

  test("as failed, when the system cannot run it", async () => {
    const claudePath = join(scripts.directory, "claude");
    writeFileSync(claudePath, "\u0000\u0001not a program", { mode: 0o755 });
    expect(await problemOf({ claudePath })).toMatchObject({ code: "cli_failed" });
  });
});

test("the CLI is looked at with the environment and in the directory it will run in", async () => {
  fakeClaude({ version: `echo "$PWD $MARK" > seen; echo 2.1.330` });
  await inspect({ cliEnv: { PATH: "/usr/bin:/bin", MARK: "ours" } });
  expect(await Bun.file(join(scripts.directory, "seen")).text()).toEndWith(" ours\n");
});
