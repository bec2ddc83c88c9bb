import { describe, expect, test } from "bun:test";
import { healthy, madeUpMachine, somePort } from "./made-up-machine.ts";

const PLATFORMS = ["darwin", "linux", "win32"] as const;

test.each(["install", "uninstall", "start", "stop", "restart", "status", "logs"])(
  "%s is refused as root, with why",
  async (command) => {
    const { system, service } = madeUpMachine("linux");
    system.uid = 0;
    const { code, stderr } = await service(command);
    expect([code, stderr]).toEqual([1, expect.stringContaining("without sudo")]);
    expect([system.changes, system.commands]).toEqual([[], []]);
  },
);

test("an elevated terminal of Windows is refused, with why", async () => {
  const { system, service } = madeUpMachine("win32");
  system.answer = ([program]) => (program === "whoami" ? { stdout: '"…","Label","S-1-16-12288","…"\r\n' } : {});
  expect(await service("status")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("this terminal is elevated"),
  });
});

describe("where the platform's means are missing, it says what to do instead", () => {
  test.each([
    ["darwin", "there is no launchctl here"],
    ["linux", "does not use systemd"],
    ["win32", "there is no schtasks here"],
  ] as const)("%s without its tool", async (platform, says) => {
    const { system, service } = madeUpMachine(platform);
    system.answer = () => undefined;
    expect(await service("status")).toMatchObject({ code: 1, stderr: expect.stringContaining(says) });
  });
  test("systemd without a user manager: log in, WSL, containers", async () => {
    const { system, service } = madeUpMachine("linux");
    system.answer = () => ({ code: 1, stderr: "Failed to connect to bus: No medium found\n" });
    const { stderr } = await service("status");
    expect(stderr).toContain("Failed to connect to bus: No medium found");
    for (const word of ["ssh", "systemd=true", "claude-max-api serve"]) expect(stderr).toContain(word);
  });
  test("systemd with a user manager that this shell does not know", async () => {
    const { system, service } = madeUpMachine("linux");
    system.answer = () => ({ code: 1 });
    system.files.set("/run/user/1000", { content: "", mode: 0o700 });
    expect((await service("status")).stderr).toContain("export XDG_RUNTIME_DIR=/run/user/1000");
  });
  test("macOS without a login session", async () => {
    const { system, service } = madeUpMachine("darwin");
    system.answer = () => ({ code: 125 });
    expect((await service("status")).stderr).toContain("Log in at the Mac's screen");
  });
  test("another system", async () => {
    const { service } = madeUpMachine("linux", { platform: "freebsd" });
    expect(await service("status")).toMatchObject({ code: 1, stderr: expect.stringContaining("not on freebsd") });
  });
});

describe("install refuses", () => {
  test("a source tree, with how to build", async () => {
    const { service } = madeUpMachine("linux", { executable: ["/x/bun", "/x/src/main.ts"] });
    expect(await service("install")).toMatchObject({ code: 1, stderr: expect.stringContaining("npm run build") });
  });
  test("a key in the command line or the environment, without telling it", async () => {
    for (const { words, env } of [
      { words: ["--api-key", "secret-key-1"], env: {} },
      { words: [], env: { CLAUDE_MAX_API_KEY: "secret-key-1" } },
    ]) {
      const { code, stderr } = await madeUpMachine("linux", { env }).service("install", ...words);
      expect([code, stderr]).toEqual([2, expect.stringContaining("--api-key-file")]);
      expect(stderr).not.toContain("secret-key-1");
    }
  });
  test("a port that changes", async () => {
    expect(await madeUpMachine("linux").service("install", "--port", "0")).toMatchObject({ code: 2 });
  });
  test("settings that the server would refuse", async () => {
    const { code, stderr } = await madeUpMachine("linux").service("install", "--host", "0.0.0.0");
    expect([code, stderr]).toEqual([2, expect.stringContaining("other machines can reach")]);
    expect((await madeUpMachine("linux").service("install", "--prot", "1")).stderr).toContain("Did you mean --port?");
  });
  test("line breaks, which would be settings of their own in a unit", async () => {
    const { code, stderr } = await madeUpMachine("linux").service("install", "--model-alias", "a=b\nExecStartPre=/x");
    expect([code, stderr]).toEqual([2, expect.stringContaining("no control characters")]);
  });
  test("what the Task Scheduler would replace", async () => {
    const { code, stderr } = await madeUpMachine("win32").service("install", "--model-alias", "a=%PATH%");
    expect([code, stderr]).toEqual([2, expect.stringContaining('no "%"')]);
  });
  test("a program path that systemd does not take", async () => {
    const executable = ["/home/o'neil/claude-max-api"];
    const { code, stderr } = await madeUpMachine("linux", { executable }).service("install");
    expect([code, stderr]).toEqual([2, expect.stringContaining("quotation mark")]);
  });
  test("a file of the user's secrets that others can read", async () => {
    const { system, service } = madeUpMachine("linux");
    system.files.set("/home/jane/.config/claude-max-api/service.env", { content: "", mode: 0o640 });
    expect(await service("install")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("chmod 600 /home/jane/.config/claude-max-api/service.env"),
    });
  });
  test.each([
    ["another program", () => new Response("hello"), "another program already listens"],
    ["the older package", () => Response.json({ status: "ok", provider: "claude-code-cli" }), "claude-max-api-proxy"],
    ["this program, started by hand", () => healthy(), "that is not this service"],
  ])("a port at which there is %s; --dry-run says so, too", async (_, answer, says) => {
    const { port, close } = await somePort(answer);
    const { system, service } = madeUpMachine("linux");
    for (const words of [[], ["--dry-run"]]) {
      const { code, stderr } = await service("install", "--port", port, ...words);
      expect([code, stderr]).toEqual([1, expect.stringContaining(says)]);
    }
    expect(system.changes).toEqual([]);
    await close();
  });
});

describe.each(PLATFORMS)("a login or proxy password of this environment is not written down on %s", (platform) => {
  test("and that is told", async () => {
    const env = {
      CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-secret",
      ANTHROPIC_API_KEY: "sk-ant-api-secret",
      HTTPS_PROXY: "http://me:secret@proxy:80",
      http_proxy: "me:secret@proxy:80",
    };
    const { port } = await somePort();
    const { stdout, stderr } = await madeUpMachine(platform, { env }).service("install", "--dry-run", "--port", port);
    expect(stdout + stderr).not.toContain("secret");
    for (const name of Object.keys(env)) expect(stderr).toContain(name);
    expect(stderr).toContain("service.env");
    expect(stderr.includes("mode 0600")).toBe(platform !== "win32");
    for (const name of Object.keys(env)) expect(stderr.split(name)).toHaveLength(2);
  });
});
