import { describe, expect, test } from "bun:test";
import { healthy, madeUpMachine, somePort } from "./made-up-machine.ts";

/** The lines of a plan, without the contents of files. */
const stepsOf = (stdout: string) => stdout.split("\n").filter((line) => /^ {2}\w/.test(line));

describe("--dry-run shows each step, and does none", () => {
  test("install on macOS", async () => {
    const { system, service } = madeUpMachine("darwin");
    const { port } = await somePort();
    const { code, stdout } = await service("install", "--dry-run", "--port", port);
    expect(code).toBe(0);
    expect(stepsOf(stdout)).toEqual([
      "  create  /Users/jane/Library/Logs/claude-max-api",
      "  write   /Users/jane/Library/LaunchAgents/com.claude-max-api.plist (mode 0644)",
      "  run     launchctl bootout gui/501/com.claude-max-api",
      "  wait    until launchd has let the old one go",
      "  run     launchctl enable gui/501/com.claude-max-api",
      "  run     launchctl bootstrap gui/501 /Users/jane/Library/LaunchAgents/com.claude-max-api.plist",
    ]);
    expect(stdout).toContain("<key>ThrottleInterval</key>");
    expect([system.changes, system.commands]).toEqual([[], ["launchctl print gui/501"]]);
  });
  test("install on Linux", async () => {
    const { system, service } = madeUpMachine("linux", { env: { XDG_CONFIG_HOME: "/cfg" } });
    const { port } = await somePort();
    const { code, stdout } = await service("install", "--dry-run", "--port", port);
    expect(code).toBe(0);
    expect(stepsOf(stdout)).toEqual([
      "  write   /cfg/systemd/user/claude-max-api.service (mode 0644)",
      "  run     systemctl --user enable /cfg/systemd/user/claude-max-api.service",
      "  run     systemctl --user daemon-reload",
      "  run     systemctl --user reset-failed claude-max-api.service",
      "  run     systemctl --user restart claude-max-api.service",
    ]);
    expect(stdout).toContain("EnvironmentFile=-/cfg/claude-max-api/service.env");
    expect([system.changes, system.commands]).toEqual([[], ["systemctl --user show-environment"]]);
  });
  test("install on Windows", async () => {
    const { system, service } = madeUpMachine("win32", { env: { USERDOMAIN: "PC" } });
    const { port } = await somePort();
    const { code, stdout } = await service("install", "--dry-run", "--port", port);
    expect(code).toBe(0);
    expect(stepsOf(stdout)).toEqual([
      "  create  C:\\Users\\jane\\AppData\\Local\\claude-max-api\\Logs",
      "  write   C:\\Users\\jane\\AppData\\Local\\claude-max-api\\service.xml",
      "  run     schtasks /End /TN claude-max-api-jane",
      "  run     schtasks /Create /XML C:\\Users\\jane\\AppData\\Local\\claude-max-api\\service.xml /F /TN claude-max-api-jane",
      "  run     schtasks /Run /TN claude-max-api-jane",
    ]);
    expect(stdout).toContain("<UserId>PC\\jane</UserId>");
    expect(system.changes).toEqual([]);
  });

  const STEPS = {
    darwin: {
      uninstall: ["bootout", "wait", "remove", "remove"],
      start: ["enable", "bootstrap", "kickstart gui"],
      stop: ["bootout", "wait"],
      restart: ["bootout", "wait", "enable", "bootstrap"],
    },
    linux: {
      uninstall: ["disable --now", "remove", "daemon-reload", "reset-failed"],
      start: ["reset-failed", "start"],
      stop: ["stop"],
      restart: ["reset-failed", "restart"],
    },
    win32: {
      uninstall: ["/End", "/Delete", "remove", "remove"],
      start: ["/ENABLE", "/Run"],
      stop: ["/DISABLE", "/End"],
      restart: ["/End", "/ENABLE", "/Run"],
    },
  } as const;
  describe.each(["darwin", "linux", "win32"] as const)("on %s", (platform) => {
    test.each(["uninstall", "start", "stop", "restart"] as const)("%s", async (command) => {
      const { system, service } = await installed(platform);
      const [changes, files] = [system.changes.length, [...system.files.keys()]];
      const { code, stdout } = await service(command, "--dry-run");
      expect(code).toBe(0);
      const steps = stepsOf(stdout);
      expect(steps).toHaveLength(STEPS[platform][command].length);
      for (const [index, word] of STEPS[platform][command].entries()) expect(steps[index]).toContain(word);
      expect([system.changes.length, [...system.files.keys()]]).toEqual([changes, files]);
    });
  });
});

/** A machine on which the service was installed, on a port at which by now nothing listens. */
async function installed(platform: "darwin" | "linux" | "win32") {
  const machine = madeUpMachine(platform);
  // launchd has no agent of ours, so that nothing waits for one to go.
  const run = ([, verb, what = ""]: readonly string[]) =>
    verb === "print" && what.includes("com.claude") ? { code: 113 } : {};
  const { port } = await somePort();
  let server: Bun.Server<undefined> | undefined;
  machine.system.answer = (argv) => {
    // It is the last step that starts the service.
    if (/bootstrap|restart|\/Run/.test(argv.join(" "))) {
      server ??= Bun.serve({ port: Number(port), hostname: "127.0.0.1", fetch: () => healthy() });
    }
    return run(argv);
  };
  const { code, stdout, stderr } = await machine.service("install", "--port", port, "--strict");
  await server?.stop(true);
  machine.system.answer = run;
  expect([code, stderr]).toEqual([0, ""]);
  return { ...machine, port, stdout };
}

describe.each(["darwin", "linux", "win32"] as const)("on %s", (platform) => {
  test("install writes, starts, waits for the answer and says so", async () => {
    const { stdout, port } = await installed(platform);
    expect(stdout).toContain(`The service runs. http://127.0.0.1:${port} answers: version 1.2.3, ok.`);
    expect(stdout).toContain("Its log: claude-max-api service logs");
  });

  test("install says so when nothing answers, shows the end of the log, and ends with 1", async () => {
    const { system, service } = madeUpMachine(platform);
    system.answer = ([program, verb, what = ""]) => {
      if (verb === "print" && what.includes("com.claude")) return { code: 113 };
      const isLog = program === "journalctl" || program === "tail" || what.includes("-NonInteractive");
      return isLog ? { stdout: "it went wrong\n" } : {};
    };
    const { port } = await somePort();
    const { code, stderr } = await service("install", "--port", port);
    expect(code).toBe(1);
    expect(stderr).toContain(`The service does not answer at http://127.0.0.1:${port}; it is `);
    expect(stderr).toContain("The end of its log:\n  it went wrong\n");
  });

  test("a step that fails ends it, with the platform's own words", async () => {
    const { system, service } = madeUpMachine(platform);
    system.answer = (argv) => {
      if (/enable gui|daemon-reload|\/Create/.test(argv.join(" "))) return { code: 5, stderr: "Access is denied.\n" };
      return argv[1] === "print" && argv[2]?.includes("com.claude") ? { code: 113 } : {};
    };
    const { port } = await somePort();
    const { code, stderr } = await service("install", "--port", port);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^claude-max-api: `.*` ended with 5: Access is denied\.\n$/);
  });

  test("uninstall removes what install wrote, and nothing else", async () => {
    const { system, service } = await installed(platform);
    system.files.set("/somebody/else", { content: "", mode: 0o644 });
    expect(await service("uninstall")).toMatchObject({ code: 0, stderr: "" });
    expect([...system.files.keys()]).toEqual(["/somebody/else"]);
    expect((await service("uninstall")).stdout).toContain("not installed");
  });

  test.each(["start", "stop", "restart", "logs"])("%s needs an installed service", async (command) => {
    const { service } = madeUpMachine(platform);
    expect(await service(command)).toEqual({
      code: 1,
      stdout: "",
      stderr: "claude-max-api: the service is not installed. Install it with: claude-max-api service install\n",
    });
  });

  test("logs shows as many lines as asked for, and follows", async () => {
    const { system, service } = await installed(platform);
    expect((await service("logs", "-n", "7", "-f")).code).toBe(0);
    const shown = system.commands.at(-1) ?? "";
    expect(shown).toMatch(/(--lines=|-n |-Tail )7/);
    expect(shown).toMatch(/--follow|-F|-Wait/);
  });

  test("start refuses when the binary is gone", async () => {
    const { system, service } = await installed(platform);
    system.programs.clear();
    const { code, stderr } = await service("start");
    expect([code, stderr]).toEqual([1, expect.stringContaining("there is no such program any more")]);
  });
});

test("an agent of the older package is put aside, and told", async () => {
  const { system, service } = madeUpMachine("darwin");
  const plist = "/Users/jane/Library/LaunchAgents/com.claude-max-api.plist";
  system.files.set(plist, {
    content: "<string>/x/claude-max-api-proxy/dist/server/standalone.js</string>",
    mode: 0o644,
  });
  const { port } = await somePort();
  const dry = await service("install", "--dry-run", "--port", port);
  expect(stepsOf(dry.stdout)[0]).toBe(
    `  move    ${plist} to /Users/jane/Library/Application Support/claude-max-api/com.claude-max-api.plist.replaced ` +
      "(the autostart of the package claude-max-api-proxy, which this one replaces)",
  );
  expect(await service("uninstall")).toMatchObject({ code: 1, stderr: expect.stringContaining("left alone") });
  expect(system.files.has(plist)).toBe(true);
});

test("the older package at its port is no hindrance where its agent is replaced", async () => {
  const { port, close } = await somePort(() => Response.json({ status: "ok", provider: "claude-code-cli" }));
  const { system, service } = madeUpMachine("darwin");
  const plist = "/Users/jane/Library/LaunchAgents/com.claude-max-api.plist";
  system.files.set(plist, { content: "<string>claude-max-api-proxy</string>", mode: 0o644 });
  expect(await service("install", "--dry-run", "--port", port)).toMatchObject({ code: 0, stderr: "" });
  await close();
});

test("a unit that somebody else wrote is not overwritten", async () => {
  const { system, service } = madeUpMachine("linux");
  system.files.set("/home/jane/.config/systemd/user/claude-max-api.service", { content: "[Service]\n", mode: 0o644 });
  const { port } = await somePort();
  expect(await service("install", "--port", port)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("was not written by this program. Move it away first, or remove it."),
  });
  expect(system.changes).toEqual([]);
});
