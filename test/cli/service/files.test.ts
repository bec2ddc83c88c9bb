import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { parse } from "plist";
import { readDefinition, type ServiceDefinition } from "../../../src/cli/service/definition.ts";
import { renderPlist } from "../../../src/cli/service/platforms/launchd.ts";
import { renderUnit } from "../../../src/cli/service/platforms/systemd.ts";
import { quoteForWindows, renderTask } from "../../../src/cli/service/platforms/task-scheduler.ts";

/** Everything that one of the three formats gives a meaning to. */
const ODD = `a b&c<d>e"f'g%h%%$HOME$\${i}\\j\\"k;l--m é𝄞`;
const definition: ServiceDefinition = {
  version: "1.2.3",
  executable: "/opt/odd $HOME 100%h & <more>/claude-max-api",
  flags: ["--port=3456", `--model-alias=${ODD}=claude-sonnet-4`],
  environment: { PATH: `/opt/${ODD}:/usr/bin`, CLAUDE_CONFIG_DIR: ODD },
};
const args = ["serve", ...definition.flags];

describe("the property list of launchd", () => {
  const text = renderPlist(definition, { label: "com.example", home: `/Users/${ODD}`, output: `/logs/${ODD}`, args });

  test("says what to run, with each word to the letter", () => {
    expect(parse(text)).toEqual({
      Label: "com.example",
      ProgramArguments: [definition.executable, ...args],
      EnvironmentVariables: definition.environment,
      WorkingDirectory: `/Users/${ODD}`,
      RunAtLoad: true,
      KeepAlive: true,
      ThrottleInterval: 10,
      ProcessType: "Interactive",
      ExitTimeOut: 20,
      Umask: 0o077,
      StandardOutPath: `/logs/${ODD}`,
      StandardErrorPath: `/logs/${ODD}`,
    });
  });
  test("is well-formed", () => expect(XMLValidator.validate(text)).toBe(true));
});

describe("the unit of systemd", () => {
  const folder = mkdtempSync(join(tmpdir(), "claude-max-api-unit-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const unit = renderUnit(definition, "/home/100%h/service.env", ["serve", `--x=${ODD}`]);

  test("quotes words, and switches specifiers and variables off where they would mean something", () => {
    const quoted = `a b&c<d>e\\"f'g%%h%%%%$HOME$\${i}\\\\j\\\\\\"k;l--m é𝄞`;
    expect(unit).toContain(
      `\nExecStart="/opt/odd $HOME 100%%h & <more>/claude-max-api" "serve" "--x=${quoted.replaceAll("$", "$$$$")}"\n`,
    );
    expect(unit).toContain(`\nEnvironment="CLAUDE_CONFIG_DIR=${quoted}"\n`);
    expect(unit).toContain("\nEnvironmentFile=-/home/100%%h/service.env\n");
  });

  test.skipIf(Bun.which("systemd-analyze") === null)("systemd itself finds no fault with it", async () => {
    const executable = join(folder, "odd $HOME 100%h claude-max-api");
    writeFileSync(executable, "");
    chmodSync(executable, 0o755);
    const path = join(folder, "claude-max-api.service");
    writeFileSync(path, renderUnit({ ...definition, executable }, "/a 100%h/service.env", args));
    const env = { PATH: process.env.PATH ?? "", HOME: folder, XDG_RUNTIME_DIR: folder };
    const child = Bun.spawn(["systemd-analyze", "verify", "--user", path], { env, stdout: "pipe", stderr: "pipe" });
    const said = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
    expect(said.split("\n").filter((line) => line.includes("claude-max-api"))).toEqual([]);
    expect(await child.exited).toBe(0);
  });
});

describe("the task of the Task Scheduler", () => {
  const text = renderTask(definition, { userId: "PC\\Jäne & Co", home: "C:\\Users\\Jäne", args });
  const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false, ignoreDeclaration: true });
  const { Task: task } = parser.parse(text);

  test("is well-formed, of the schema's version 1.2, and in ASCII", () => {
    expect(XMLValidator.validate(text)).toBe(true);
    expect(task["@_version"]).toBe("1.2");
    expect(task["@_xmlns"]).toBe("http://schemas.microsoft.com/windows/2004/02/mit/task");
    expect([...text].every((character) => character < "\u0080")).toBe(true);
  });
  test("has the elements of the schema in its order", () => {
    expect(Object.keys(task).filter((name) => !name.startsWith("@_"))).toEqual([
      ...["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"],
    ]);
    expect(Object.keys(task.Triggers.LogonTrigger)).toEqual(["Repetition", "Enabled", "UserId"]);
    expect(Object.keys(task.Triggers.LogonTrigger.Repetition)).toEqual(["Interval", "StopAtDurationEnd"]);
    expect(Object.keys(task.Actions.Exec)).toEqual(["Command", "Arguments", "WorkingDirectory"]);
  });
  test("runs without an end, on battery, with the user's own rights, and once at a time", () => {
    expect(task.Settings).toMatchObject({
      ExecutionTimeLimit: "PT0S",
      DisallowStartIfOnBatteries: "false",
      StopIfGoingOnBatteries: "false",
      MultipleInstancesPolicy: "IgnoreNew",
      Hidden: "true",
      RestartOnFailure: { Interval: "PT1M", Count: "10" },
    });
    expect(task.Principals.Principal).toMatchObject({ LogonType: "InteractiveToken", RunLevel: "LeastPrivilege" });
  });
  test("says what to run, so that Windows takes it apart into the same words", () => {
    const decoded = new XMLParser({ parseTagValue: false, htmlEntities: true }).parse(text).Task;
    expect(decoded.Actions.Exec.Command).toBe("%SystemRoot%\\System32\\conhost.exe");
    expect(splitAsWindows(decoded.Actions.Exec.Arguments)).toEqual(["--headless", definition.executable, ...args]);
    expect(decoded.Triggers.LogonTrigger.UserId).toBe("PC\\Jäne & Co");
  });
  test("any words survive the quoting of Windows", () => {
    const word = fc.string({ unit: fc.constantFrom("\\", '"', " ", "a", "\t"), minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (words) => {
        expect(splitAsWindows(words.map(quoteForWindows).join(" "))).toEqual(words);
      }),
    );
  });
});

/** CommandLineToArgvW for the words after the program: 2n backslashes and a quotation mark are n and a delimiter, 2n+1 are n and `"`. */
function splitAsWindows(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (const [part = ""] of line.matchAll(/\\*"|\\+|[^\\"]/g)) {
    if (part.endsWith('"')) {
      const backslashes = part.length - 1;
      word = (word ?? "") + "\\".repeat(Math.floor(backslashes / 2));
      if (backslashes % 2 === 1) word += '"';
      else isQuoted = !isQuoted;
    } else if (/^[ \t]$/.test(part) && !isQuoted) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + part;
  }
  return word === undefined ? words : [...words, word];
}

describe("what was installed can be read from each of the files again", () => {
  const places = { label: "l", home: "/h", output: "/o", userId: "u", args };
  test.each([
    ["plist", renderPlist(definition, places)],
    ["unit", renderUnit(definition, "/e", args)],
    ["task in UTF-16", Buffer.from(`\uFEFF${renderTask(definition, places)}`, "utf-16le").toString("utf8")],
  ])("%s", (_, text) => expect(readDefinition(text)).toEqual(definition));

  test.each([
    ["somebody else's file", "[Service]\nExecStart=/bin/true\n"],
    ["a line that is no JSON", "# claude-max-api service: {oops}"],
    ["JSON that is something else", '# claude-max-api service: {"version":1}'],
  ])("and not from %s", (_, text) => expect(readDefinition(text)).toBeUndefined());
});
