import { afterEach, beforeEach, expect, test } from "bun:test";
import { definitionMark } from "../../../src/cli/service/definition.ts";
import { FakeSystem } from "../../support/fake-system.ts";
import { healthy, somePort } from "../service/made-up-machine.ts";
import { MadeUpMachine } from "./made-up-machine.ts";

let machine: MadeUpMachine;
beforeEach(() => {
  machine = new MadeUpMachine();
});
afterEach(() => machine[Symbol.dispose]());

const PROGRAM = "/opt/claude-max-api";
const RUNS = "ActiveState=active\nSubState=running\nUnitFileState=enabled\nMainPID=42\nResult=success\n";
const DEAD = "ActiveState=failed\nSubState=failed\nUnitFileState=enabled\nMainPID=0\nResult=exit-code\n";

type Given = {
  readonly says: string;
  readonly port: string;
  readonly flags?: readonly string[];
  readonly isGone?: boolean;
};

/** What the doctor says of a service at a port, when systemd says this of it. */
async function findingOf({ says, port, flags = [], isGone = false }: Given) {
  const definition = { version: "1.2.3", executable: PROGRAM, flags: [`--port=${port}`, ...flags], environment: {} };
  machine.write(".config/systemd/user/claude-max-api.service", `# ${definitionMark(definition)}\n`);
  const system = new FakeSystem();
  if (!isGone) system.programs.set(PROGRAM, PROGRAM);
  system.answer = ([program]) => (program === "systemctl" ? { stdout: says } : {});
  const [finding] = await machine.findings("service", undefined, { system });
  return finding;
}

test("one that runs and answers is well", async () => {
  const { port, close } = await somePort(() => healthy());
  const finding = await findingOf({ says: RUNS, port });
  await close();
  expect(finding).toMatchObject({
    status: "ok",
    facts: { running: true, enabled: true, url: `http://127.0.0.1:${port}` },
  });
});

test.each([
  ["does not run", DEAD, "does not run: failed (failed), result exit-code"],
  ["runs without an answer", RUNS, "does not answer at"],
])("one that %s is a problem, which a restart may mend", async (_, says, message) => {
  const { port } = await somePort();
  expect(await findingOf({ says, port })).toMatchObject({
    status: "problem",
    message: expect.stringContaining(message),
    command: "claude-max-api service restart",
  });
});

test("one whose program is gone is to be installed again, with the flags that it has", async () => {
  const { port } = await somePort();
  expect(await findingOf({ says: DEAD, port, flags: ["--model-alias=a=b c"], isGone: true })).toMatchObject({
    status: "problem",
    message: expect.stringContaining(`${PROGRAM}, and there is no such program any more`),
    command: `claude-max-api service install --port=${port} '--model-alias=a=b c'`,
  });
});

test("one that does not start by itself, or is of another version, is a warning", async () => {
  const { port, close } = await somePort(() => healthy("1.0.0"));
  const disabled = await findingOf({ says: RUNS.replace("=enabled", "=disabled"), port });
  const older = await findingOf({ says: RUNS, port });
  await close();
  expect(disabled).toMatchObject({ status: "warning", command: `claude-max-api service install --port=${port}` });
  expect(older).toMatchObject({ status: "warning", command: "claude-max-api service restart" });
});

test("one that cannot stand its settings, or whose place another has: no command mends that", async () => {
  const { port, close } = await somePort(() => new Response("hello"));
  const kept = await findingOf({ says: DEAD, port });
  const wrong = await findingOf({ says: DEAD, port, flags: ["--warm=many"] });
  await close();
  expect(kept).toMatchObject({ status: "problem", message: expect.stringContaining("Something else listens") });
  expect(wrong).toMatchObject({ status: "problem", message: expect.stringContaining("--warm must be") });
  expect([kept?.command, wrong?.command]).toEqual([undefined, undefined]);
});

test.each([
  ["no systemd", "linux", new FakeSystem(), "there is no systemctl here"],
  ["root", "linux", Object.assign(new FakeSystem(), { uid: 0 }), "not as root"],
  ["an elevated terminal", "win32", Object.assign(new FakeSystem(), { uid: undefined }), "this terminal is elevated"],
] as const)("where none can be asked for, it says why: %s", async (_, platform, system, reason) => {
  system.answer = ([program]) => {
    if (program === "systemctl") return undefined;
    return program === "whoami" ? { stdout: '"…","Label","S-1-16-12288","…"' } : {};
  };
  expect(await machine.findings("service", undefined, { platform, system })).toMatchObject([
    { status: "not_checked", message: expect.stringContaining(reason) },
  ]);
});

test("a task of Windows is seen", async () => {
  const { port } = await somePort();
  const definition = { version: "1.2.3", executable: PROGRAM, flags: [`--port=${port}`], environment: {} };
  const system = Object.assign(new FakeSystem(), { uid: undefined });
  system.programs.set(PROGRAM, PROGRAM);
  system.answer = ([program]) => (program === "powershell" ? { stdout: '{"State":1,"LastTaskResult":0}' } : {});
  const readFile = (path: string) => {
    if (path.endsWith("service.xml")) return `<!-- ${definitionMark(definition)} -->`;
    throw Object.assign(new Error(path), { code: "ENOENT" });
  };
  expect(await machine.findings("service", undefined, { platform: "win32", system, readFile })).toMatchObject([
    { status: "problem", command: "claude-max-api service restart", facts: { running: false, enabled: false } },
  ]);
});
