import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkMemory, ownCommand } from "../../../src/cli/doctor/check-system.ts";
import { MadeUpMachine } from "./made-up-machine.ts";

let machine: MadeUpMachine;
beforeEach(() => {
  machine = new MadeUpMachine();
});
afterEach(() => machine[Symbol.dispose]());

const removeClaude = () => rmSync(join(machine.home, "bin/claude"));

describe("where all is well", () => {
  test("there is a line for each thing, and the exit code is 0", async () => {
    const { code, stdout, stderr } = await machine.doctor();
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    for (const name of ["Settings", "Claude CLI", "Login", "Port", "Service", "Folders"]) {
      expect(lines.find((line) => line.startsWith(`ok       ${name}`))).toBeDefined();
    }
    expect(stdout).toContain("-        Live        Not checked: --live asks Claude");
    // A machine that is short of memory is warned of it.
    expect(stdout).toMatch(/\n\nNo problem.*\n$/);
  });

  test("the JSON has the documented shape, and nothing else is on standard output", async () => {
    const { code, stdout, stderr } = await machine.doctor(["--port", "0", "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ ok: true, version: "1.2.3", platform: "linux" });
    const checks = report.findings.map(({ check }: { check: string }) => check);
    expect([...new Set(checks)].join(" ")).toBe("configuration cli login port plan service folders memory live");
    for (const { status, message } of report.findings) {
      expect(["ok", "warning", "not_checked"]).toContain(status);
      expect(message).toBeString();
    }
  });

  test("colours are for terminals", async () => {
    const coloured = await machine.doctor(undefined, { colours: true });
    const plain = await machine.doctor();
    expect(coloured.stdout).toContain("\u001b[32mok");
    expect(plain.stdout).not.toContain("\u001b");
    const withoutMemory = (text: string) => text.replace(/\d+ MB/g, "MB");
    expect(withoutMemory(Bun.stripANSI(coloured.stdout))).toBe(withoutMemory(plain.stdout));
  });
});

describe("the Claude CLI", () => {
  test("that is not where it was said to be is a problem, with the command that says nothing; its login is not checked", async () => {
    removeClaude();
    const args = ["--port", "0", "--claude-path", "/nowhere/claude"];
    const { code, stdout } = await machine.doctor(args);
    expect(code).toBe(1);
    expect(stdout).toContain("problem  Claude CLI  The Claude CLI was not found at /nowhere/claude.");
    expect(stdout).toContain("Run: claude-max-api --port 0\n");
    expect(stdout).not.toContain("The server notices");
    expect(stdout).toMatch(/\n\n1 problem\b.*\n$/);
    expect(await machine.findings("login", args)).toMatchObject([{ status: "not_checked" }]);
  });

  test("that a variable or the configuration file names in vain: with what takes that away, where a command does", async () => {
    machine.env.CLAUDE_MAX_API_CLAUDE_PATH = "/nope";
    expect(await machine.findings("cli")).toMatchObject([{ command: "unset CLAUDE_MAX_API_CLAUDE_PATH" }]);
    delete machine.env.CLAUDE_MAX_API_CLAUDE_PATH;
    machine.write(".config/claude-max-api/config.json", '{"claudePath": "/nope"}');
    const [finding] = await machine.findings("cli");
    expect([finding?.message, finding?.command]).toEqual([expect.stringContaining("at /nope. "), undefined]);
  });

  test("that is a file which may not be run is not called missing, with the command that lets it", async () => {
    const path = machine.write("my tools/claude", "#!/bin/sh\n", 0o644);
    const [finding] = await machine.findings("cli", ["--port", "0", "--claude-path", path]);
    expect(finding).toMatchObject({ status: "problem", command: `chmod +x '${path}'` });
    expect(finding?.message).toContain("is not executable");
  });

  test("that is too old is a problem, with the command that updates it", async () => {
    machine.installClaude({ version: "2.1.249" });
    expect(await machine.findings("cli")).toMatchObject([{ status: "problem", command: "claude update" }]);
  });

  test("that is newer than any tested one is fine, and said to be", async () => {
    machine.installClaude({ version: "2.99.0" });
    const [finding] = await machine.findings("cli");
    expect(finding).toMatchObject({ status: "ok", facts: { version: "2.99.0" } });
    expect(finding?.message).toContain("newer");
  });

  test("that does not run is a problem", async () => {
    machine.write("bin/claude", "#!/bin/sh\necho broken\nexit 3\n", 0o755);
    expect(await machine.findings("cli")).toMatchObject([
      { status: "problem", message: expect.stringContaining("broken") },
    ]);
  });

  test("of which a newer one is there is a warning, with the way to use that", async () => {
    const newer = machine.installClaude({ version: "9.9.9", folder: ".local/bin" });
    const [, finding] = await machine.findings("cli");
    expect(finding).toMatchObject({ status: "warning", command: `claude-max-api --port 0 --claude-path ${newer}` });
    expect((await machine.doctor()).code).toBe(0);
  });

  test("of which an older one is there, which is not used, is fine; one of the same version is not worth a word", async () => {
    // Newer than what the machine that runs the tests has itself.
    machine.installClaude({ version: "9.9.9" });
    machine.installClaude({ version: "9.9.9", folder: ".claude/local" });
    const older = machine.installClaude({ version: "2.1.300", folder: ".local/bin" });
    const [, finding] = await machine.findings("cli");
    expect(finding?.status).toBe("ok");
    expect(finding?.message).toStartWith(`There are others: ${older} (2.1.300)`);
    expect(finding?.message).not.toContain(".claude/local");
  });
});

describe("the settings", () => {
  test("that are not understood are the one problem; what depends on them is not checked", async () => {
    const file = machine.write(".config/claude-max-api/config.json", `{"prot": 1}`);
    const { code, stdout } = await machine.doctor([]);
    expect(code).toBe(1);
    expect(stdout).toContain(`problem  Settings    unknown setting "prot" in ${file}. Did you mean port?`);
    expect(stdout).toContain("-        Claude CLI  Not checked: the settings come first.");
    expect(stdout).toMatch(/\n\n1 problem\b.*\n$/);
  });

  test("that are no JSON: no command mends that", async () => {
    machine.write(".config/claude-max-api/config.json", '{"port": 3456,, }');
    const [finding] = await machine.findings("configuration", []);
    expect(finding).toMatchObject({ status: "problem", message: expect.stringContaining("is not valid JSON") });
    expect(finding?.command).toBeUndefined();
  });

  test("a variable that is none of the program's is a warning", async () => {
    machine.env.CLAUDE_MAX_API_PROT = "1";
    const [, finding] = await machine.findings("configuration");
    expect(finding).toMatchObject({ status: "warning", command: "unset CLAUDE_MAX_API_PROT" });
  });

  test("a name that leads to no model is a warning", async () => {
    const args = ["--port", "0", "--model-alias", "a=gpt-4o,b*=claude-3-opus:low,c=fable,d=claude-opus-4-6:max"];
    const [, ...warnings] = await machine.findings("configuration", [...args, "--default-model", "gpt-5"]);
    expect(warnings.map(({ message }) => message)).toEqual([
      '--model-alias a=gpt-4o: the model "gpt-4o" is none of Anthropic\'s, so requests for it are refused.',
      '--model-alias b*=claude-3-opus:low: the model "claude-3-opus" was retired by Anthropic, so requests for it are refused.',
      '--default-model gpt-5: the model "gpt-5" is none of Anthropic\'s, so requests for it are refused.',
    ]);
    const ok = await machine.findings("configuration", [...args, "--default-model", "b-side"]);
    expect(ok.filter(({ message }) => message.startsWith("--default-model"))).toEqual([]);
  });

  test("the file they come from is named", async () => {
    const file = machine.write(".config/claude-max-api/config.json", `{"port": 0}`);
    expect(await machine.findings("configuration", [])).toMatchObject([{ status: "ok", facts: { file } }]);
  });

  test("a file of API keys that others can read is a warning", async () => {
    const file = machine.write("keys of mine", "a-key-of-mine\n", 0o600);
    const args = ["--port", "0", "--api-key-file", file];
    expect(await machine.findings("configuration", args)).toHaveLength(1);
    chmodSync(file, 0o644);
    const [, finding] = await machine.findings("configuration", args);
    expect(finding).toMatchObject({ status: "warning", command: `chmod 600 '${file}'` });
  });
});

describe("the rest of the machine", () => {
  test("a working directory that is not empty is a problem", async () => {
    machine.write(".cache/claude-max-api/empty/CLAUDE.md", "Hello");
    const folder = join(machine.home, ".cache/claude-max-api/empty");
    const [finding] = await machine.findings("folders");
    expect(finding).toMatchObject({ status: "problem", command: `mv ${folder} ${folder}.old` });
  });

  test("no folder is looked at for responses that are not stored", async () => {
    expect(await machine.findings("folders")).toHaveLength(2);
    expect(await machine.findings("folders", ["--port", "0", "--no-store"])).toHaveLength(1);
  });

  test("a folder that the user may not write to is opened by its mode where it is the user's own", () => {
    const { uid } = statSync(machine.home);
    const command = (system: { uid: number }) => ownCommand(machine.home, { platform: "linux", system });
    expect(command({ uid })).toBe(`chmod u+w ${machine.home}`);
    expect(command({ uid: uid + 1 })).toBe(`sudo chown "$USER" ${machine.home}`);
  });

  test("a service of somebody else is left alone, and one of the older package is a warning", async () => {
    const path = ".config/systemd/user/claude-max-api.service";
    const file = machine.write(path, "[Service]\nExecStart=/usr/bin/claude-max-api\n");
    const [finding] = await machine.findings("service");
    expect(finding).toMatchObject({ status: "warning", facts: { file } });
    expect(finding?.command).toBeUndefined();
    machine.write(path, "[Service]\nExecStart=/usr/bin/node /usr/lib/claude-max-api-proxy/server.js\n");
    expect(await machine.findings("service")).toMatchObject([
      { status: "warning", command: "systemctl --user disable --now claude-max-api" },
    ]);
  });

  test.each([
    [20_000, "ok"],
    [100, "warning"],
    [Number.POSITIVE_INFINITY, "not_checked"],
  ])("%p MB of memory: %s", (available, status) => {
    expect<string>(checkMemory(() => "", available).status).toBe(status);
  });
});

test.each([
  [["--jsno"], "Did you mean --json?"],
  [["now"], 'unexpected argument "now"'],
])("what it does not understand ends with 2: %j", async (args, message) => {
  const { code, stdout, stderr } = await machine.doctor(args);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(message);
  expect(stderr).toContain("claude-max-api doctor --help");
});
