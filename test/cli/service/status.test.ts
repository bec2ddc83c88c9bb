import { describe, expect, test } from "bun:test";
import { definitionMark } from "../../../src/cli/service/definition.ts";
import { healthy, madeUpMachine, somePort } from "./made-up-machine.ts";

const FILES = {
  linux: "/home/jane/.config/systemd/user/claude-max-api.service",
  darwin: "/Users/jane/Library/LaunchAgents/com.claude-max-api.plist",
  win32: "C:\\Users\\jane\\AppData\\Local\\claude-max-api\\service.xml",
} as const;
type Platform = keyof typeof FILES;

/** What the platform says while the service runs, and while it does not. */
const SAID = {
  linux: {
    running:
      "ActiveState=active\nSubState=running\nUnitFileState=enabled\nMainPID=42\nResult=success\nNRestarts=2\nLinger=yes\n",
    stopped:
      "ActiveState=failed\nSubState=failed\nUnitFileState=enabled\nMainPID=0\nResult=exit-code\nNRestarts=0\nLinger=no\n",
  },
  darwin: {
    running: "gui/501/com.claude-max-api = {\n\tstate = running\n\tpid = 42\n\tlast exit code = (never exited)\n}\n",
    stopped: "gui/501/com.claude-max-api = {\n\tstate = spawn scheduled\n\tlast exit code = 1\n}\n",
  },
  win32: { running: '{"State":4,"LastTaskResult":267009}', stopped: '{"State":1,"LastTaskResult":0}' },
} as const;

function machineWith(platform: Platform, port: string, said: keyof (typeof SAID)["linux"], executable?: string) {
  const machine = madeUpMachine(platform);
  const [binary = ""] = [...machine.system.programs.keys()];
  const definition = { version: "1.2.3", executable: executable ?? binary, flags: [`--port=${port}`], environment: {} };
  machine.system.files.set(FILES[platform], { content: `# ${definitionMark(definition)}`, mode: 0o644 });
  machine.system.answer = () => ({ stdout: SAID[platform][said] });
  return machine;
}

describe.each(["linux", "darwin", "win32"] as const)("on %s", (platform) => {
  test("running and answering is 0", async () => {
    const { port, close } = await somePort(() => healthy());
    const { code, stdout } = await machineWith(platform, port, "running").service("status");
    await close();
    expect(code).toBe(0);
    expect(stdout).toContain("Running    yes, ");
    expect(stdout).toContain(`http://127.0.0.1:${port} answers: version 1.2.3, ok.`);
    if (platform !== "win32") expect(stdout).toContain("process 42");
  });
  test("running without an answer is 1", async () => {
    const { port } = await somePort();
    const { code, stdout } = await machineWith(platform, port, "running").service("status");
    expect([code, stdout]).toEqual([1, expect.stringContaining("nothing of ours at")]);
  });
  test("installed and not running is 3", async () => {
    const { port } = await somePort();
    const { code, stdout } = await machineWith(platform, port, "stopped").service("status");
    expect([code, stdout]).toEqual([3, expect.stringContaining("Running    no, ")]);
  });
  test("not installed is 3", async () => {
    const { code, stdout } = await madeUpMachine(platform).service("status");
    expect([code, stdout]).toEqual([3, expect.stringContaining("The service is not installed")]);
  });
  test("--json says the same for programs", async () => {
    const { port, close } = await somePort(() => healthy());
    const { code, stdout } = await machineWith(platform, port, "running").service("status", "--json");
    await close();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      installed: true,
      enabled: true,
      running: true,
      pid: platform === "win32" ? null : 42,
      since: expect.stringMatching(/^\d{4}-.*Z$/),
      url: `http://127.0.0.1:${port}`,
      answers: "ours",
      health: "ok",
      version: "1.2.3",
      flags: [`--port=${port}`],
      file: FILES[platform],
      notes: [],
    });
    expect(JSON.parse((await madeUpMachine(platform).service("status", "--json")).stdout)).toMatchObject({
      installed: false,
      running: false,
      url: null,
      answers: "nobody",
    });
  });
});

describe("status notes", () => {
  test("a program that is gone", async () => {
    const { port } = await somePort();
    const { stdout } = await machineWith("linux", port, "stopped", "/gone/claude-max-api").service("status");
    expect(stdout).toContain("/gone/claude-max-api is not there any more");
  });
  test("a server of another version, which a restart replaces", async () => {
    const { port, close } = await somePort(() => healthy("1.0.0"));
    const { stdout } = await machineWith("linux", port, "running").service("status");
    await close();
    expect(stdout).toContain("The server is version 1.0.0, this program 1.2.3");
  });
  test("settings with which it cannot start", async () => {
    const { port } = await somePort();
    const { system, service } = machineWith("linux", port, "stopped");
    system.files.set("/home/jane/.config/claude-max-api/config.json", { content: '{"prot": 1}', mode: 0o644 });
    const { code, stdout } = await service("status");
    expect([code, stdout]).toEqual([
      3,
      expect.stringContaining('It cannot start with its settings: unknown setting "prot"'),
    ]);
  });
  test("somebody else at its port", async () => {
    const { port, close } = await somePort(() => new Response("hello"));
    const { stdout } = await machineWith("linux", port, "stopped").service("status");
    await close();
    expect(stdout).toContain(`Something else listens at http://127.0.0.1:${port}.`);
  });
  test("a missing login, with the commands that give the service one", async () => {
    const problem = { code: "cli_logged_out", message: "Not logged in." };
    const { port, close } = await somePort(() =>
      Response.json({ name: "claude-max-api", status: "unavailable", version: "1.2.3", problem }),
    );
    const { code, stdout } = await machineWith("darwin", port, "running").service("status");
    await close();
    expect(code).toBe(0);
    for (const line of ["claude setup-token", "umask 077", "claude-max-api service restart"])
      expect(stdout).toContain(line);
  });
  test("what it runs, as PowerShell takes it on Windows", async () => {
    const { port } = await somePort();
    const binary = "C:\\it's mine\\claude-max-api.exe";
    const { stdout } = await machineWith("win32", port, "stopped", binary).service("status");
    expect(stdout).toContain(`Runs       & 'C:\\it''s mine\\claude-max-api.exe' --port=${port}\n`);
  });
  test("whether lingering is on", async () => {
    const { port } = await somePort();
    expect((await machineWith("linux", port, "running").service("status")).stdout).toContain("lingering is on");
    expect((await machineWith("linux", port, "stopped").service("status")).stdout).toContain("loginctl enable-linger");
  });
});
