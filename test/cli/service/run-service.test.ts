import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnvironmentFile, tokenAdvice } from "../../../src/cli/service/environment-file.ts";
import { processSystem } from "../../../src/cli/system.ts";
import { createStyle } from "../../../src/cli/terminal/text.ts";
import { openLogFile } from "../../../src/observability/log-file.ts";
import { type Simulator, startSimulator } from "../../../src/simulator/simulator.ts";
import { FakeSystem } from "../../support/fake-system.ts";
import { loggedInClaude } from "../../support/logged-in-claude.ts";
import { runProgram } from "../../support/program.ts";
import { runCli } from "../../support/run-cli.ts";
import { until } from "../../support/wait.ts";

const folder = mkdtempSync(join(tmpdir(), "claude-max-api-service-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PATH = "/home/jane/.config/claude-max-api/service.env";
const style = createStyle(false);
const NOBODY = {
  version: "1",
  executable: ["/x"],
  terminal: {
    write: () => {},
    writeError: () => {},
    isTerminal: false,
    errorIsTerminal: false,
    abandoned: new AbortController().signal,
    style,
    errorStyle: style,
    input: { isTerminal: false, read: async () => "", readLine: async () => "" },
  },
};

function readAs(content: string, mode = 0o600) {
  const system = new FakeSystem();
  system.files.set(PATH, { content, mode });
  return readEnvironmentFile({
    ...{ system, env: {}, home: "/home/jane", platform: "linux", readFile: system.readFile },
    ...NOBODY,
  });
}

describe("service.env", () => {
  test("holds variables as systemd reads them", () => {
    expect(readAs(`# mine\n\nA=1\nB=two words\nC="quoted"\nD='x=y'\n; and so on\n`)).toEqual({
      A: "1",
      B: "two words",
      C: "quoted",
      D: "x=y",
    });
  });
  test("is refused with the line's number, and without what it says", () => {
    expect(() => readAs("A=1\nexport TOKEN=secret\n")).toThrow(`line 2 of ${PATH} must be NAME=value`);
    expect(() => readAs("export TOKEN=secret\n")).not.toThrow("secret");
  });
  test.each([0o604, 0o640, 0o620])("is refused when others have rights to it: mode %o", (mode) => {
    expect(() => readAs("A=1\n", mode)).toThrow("chmod 600");
  });
});

describe("the commands that give the service a login", () => {
  const home = join(folder, "o'neil $HOME");
  const advice = (platform: NodeJS.Platform) =>
    tokenAdvice({ platform, env: {}, home, readFile: () => "", system: new FakeSystem(), ...NOBODY });

  test.skipIf(process.platform === "win32")(
    "add a line to what is there, in any shell and below any home",
    async () => {
      const [, makeFolder = "", ask = ""] = advice("linux");
      const file = join(home, ".config/claude-max-api/service.env");
      const type = async (token: string) => {
        // Without a terminal there is no echo to switch.
        const script = `stty() { :; }; ${makeFolder} && ${ask}`;
        return Bun.spawn(["sh", "-c", script], { stdin: Buffer.from(`${token}\n`), stdout: "ignore" }).exited;
      };
      expect([await type("one"), await type("two")]).toEqual([0, 0]);
      expect(readFileSync(file, "utf8")).toBe("\nCLAUDE_CODE_OAUTH_TOKEN=one\n\nCLAUDE_CODE_OAUTH_TOKEN=two\n");
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(ask).toContain("stty -echo; read -r T; stty echo;");
    },
  );
  test("add a line on Windows, too, to a file of that very name", () => {
    const line = advice("win32")[2];
    expect(line).toStartWith("Add-Content -LiteralPath '");
    expect(line).toContain("o''neil");
  });
});

describe("a log file", () => {
  test("goes on where it ended, and is put aside when it is full", () => {
    const path = join(folder, "logs", "service.log");
    const log = openLogFile(path, 10);
    log("first\n");
    openLogFile(path, 10)("second\n");
    const again = openLogFile(path, 10);
    again("third\n");
    again("fourth\n");
    expect(readFileSync(`${path}.1`, "utf8")).toBe("first\nsecond\n");
    expect(readFileSync(path, "utf8")).toBe("third\nfourth\n");
    if (process.platform !== "win32") expect(processSystem().permissions(path)).toBe(0o600);
  });
});

const closing = (simulator: Simulator) => Object.assign(simulator, { [Symbol.asyncDispose]: () => simulator.close() });

describe("service run", () => {
  test("serves with the variables of service.env, and with its output in the file", async () => {
    await using simulator = closing(startSimulator());
    const home = mkdtempSync(join(folder, "home-"));
    const config = join(home, "config");
    const log = join(home, "service.log");
    const system = processSystem();
    system.writeFile(join(config, "claude-max-api", "service.env"), "CLAUDE_MAX_API_KEY=from-the-file-1\n", 0o600);
    const upstream = [`--anthropic-base-url=${simulator.url}`, `--claude-path=${loggedInClaude(home)}`];
    const args = ["service", "run", `--log-file=${log}`, "--port=0", "--warm=0", ...upstream];
    const program = runProgram(home, args, { XDG_CONFIG_HOME: config });
    program.url.catch(() => {});
    const listening = () => /listens on (http:\S+)/.exec(existsSync(log) ? readFileSync(log, "utf8") : "")?.[1];
    await until(() => listening() !== undefined, "it says where it listens");
    const url = `${listening()}/v1/models`;
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: { authorization: "Bearer from-the-file-1" } })).status).toBe(200);
    program.child.kill("SIGTERM");
    expect(await program.child.exited).toBe(0);
    expect([await program.stdout, await program.stderr]).toEqual(["", ""]);
    expect(readFileSync(log, "utf8")).not.toContain("from-the-file-1");
  });

  test("says in the file why it cannot start, and ends with 2", async () => {
    const home = mkdtempSync(join(folder, "home-"));
    const log = join(home, "service.log");
    const { code } = await runCli(["service", "run", `--log-file=${log}`, "--config=/nowhere/config.json"]);
    expect(code).toBe(2);
    expect(readFileSync(log, "utf8")).toContain("cannot read /nowhere/config.json");
  });
});

describe("the real system", () => {
  const system = processSystem();
  test("writes a file in one step, with its mode, and creates the folders above", () => {
    const path = join(folder, "a", "b", "file");
    system.writeFile(path, "one", 0o600);
    system.writeFile(path, "two", 0o644);
    expect(readFileSync(path, "utf8")).toBe("two");
    if (process.platform !== "win32") expect(system.permissions(path)).toBe(0o644);
    system.move(path, join(folder, "c", "file"));
    expect([system.exists(path), system.permissions(path), system.realPath(path)]).toEqual([
      false,
      undefined,
      undefined,
    ]);
    system.remove(join(folder, "c"));
    expect(system.exists(join(folder, "c"))).toBe(false);
  });
  test("tells what a program said, and when there is none", async () => {
    const script = "console.log('out'); console.error('err'); process.exit(3)";
    expect(await system.run([process.execPath, "-e", script])).toEqual({ code: 3, stdout: "out\n", stderr: "err\n" });
    expect(await system.run(["no-such-program-here"])).toBeUndefined();
    expect(await system.attach(["no-such-program-here"])).toBeUndefined();
  });
  test("knows what can be run", () => {
    const path = join(folder, "plain");
    writeFileSync(path, "");
    expect([system.isExecutable(process.execPath), system.isExecutable(folder)]).toEqual([true, false]);
    if (process.platform !== "win32") expect(system.isExecutable(path)).toBe(false);
  });
});
