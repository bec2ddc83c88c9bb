import { beforeEach, expect, test } from "bun:test";
import { FakeSystem } from "../../support/fake-system.ts";
import { type CliOptions, runCli } from "../../support/run-cli.ts";

const FILE = "/home/jane/.config/claude-max-api/config.json";

let system: FakeSystem;
beforeEach(() => {
  system = new FakeSystem();
});

const config = (args: readonly string[], env: CliOptions["env"] = {}) =>
  runCli(["config", ...args], { system, readFile: system.readFile, home: "/home/jane", env });

test("path prints the path alone, and says on standard error where there is no file", async () => {
  expect(await config(["path"])).toEqual({
    code: 0,
    stdout: `${FILE}\n`,
    stderr: expect.stringContaining("config init"),
  });
  await config(["init"]);
  expect(await config(["path"])).toEqual({ code: 0, stdout: `${FILE}\n`, stderr: "" });
  expect((await config(["path", "--config", "/other.json"])).stdout).toBe("/other.json\n");
});

test("init makes a file that the program takes, for its owner alone, and never replaces one", async () => {
  expect((await config(["init"])).code).toBe(0);
  expect(system.files.get(FILE)?.mode).toBe(0o600);
  system.writeFile(FILE, '{"port": 1234}', 0o600);
  expect(await config(["init"])).toMatchObject({ code: 1, stderr: expect.stringContaining("stays as it is") });
  expect(system.readFile(FILE)).toBe('{"port": 1234}');
});

test("show tells each setting, its value and where that comes from, but no key", async () => {
  system.writeFile(FILE, '{"port": 1234, "apiKey": ["secret-key-1"], "modelAlias": {"a": "claude-opus-4"}}', 0o600);
  const { code, stdout } = await config(["show", "--warm", "2"], { CLAUDE_MAX_API_STRICT: "on" });
  const told = new Map(stdout.split("\n").map((line) => [line.split(/\s+/)[0], line.replace(/ +/g, " ")]));
  expect(code).toBe(0);
  expect(told.get("port")).toBe(`port 1234 "port" in ${FILE}`);
  expect(told.get("warm")).toBe("warm 2 --warm");
  expect(told.get("strict")).toBe("strict true CLAUDE_MAX_API_STRICT");
  expect(told.get("hold")).toBe("hold 0 default");
  expect(told.get("model-alias")).toBe(`model-alias {"a":"claude-opus-4"} "modelAlias" in ${FILE}`);
  expect(told.get("api-key")).toBe(`api-key 1 key "apiKey" in ${FILE}`);
  expect(stdout).not.toContain("secret-key-1");
});

test("edit makes a missing file, opens it in the editor that is named, with its options, and checks it", async () => {
  const { code, stdout } = await config(["edit"], { EDITOR: "code --wait" });
  expect(system.commands).toEqual([`code --wait ${FILE}`]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("is in order")]);
});

test("edit says what is wrong with what was written, and when there is no editor", async () => {
  system.answer = ([editor]) => {
    if (editor !== "vi") return undefined;
    system.writeFile(FILE, '{"prot": 1}', 0o600);
    return {};
  };
  expect(await config(["edit"])).toMatchObject({ code: 2, stderr: expect.stringContaining('unknown setting "prot"') });
  expect(await config(["edit"], { VISUAL: "emacs" })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no editor "emacs"'),
  });
});
