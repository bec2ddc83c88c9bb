import { describe, expect, test } from "bun:test";
import { candidatePaths, type LocateOptions, locateClaude } from "../../../src/claude/cli/locate.ts";

/** Looks for the CLI on a machine where just these files can be run. */
function locate(executables: readonly string[], options: Partial<LocateOptions> = {}): string | undefined {
  return locateClaude({
    env: { PATH: "/usr/local/sbin:/opt/tools" },
    home: "/home/u",
    platform: "linux",
    isExecutable: (path) => executables.includes(path),
    ...options,
  });
}

const candidates = (options: Pick<LocateOptions, "env" | "home" | "platform">) =>
  candidatePaths({ ...options, isExecutable: () => false });

describe("the CLI is", () => {
  test("the first one on PATH", () => {
    expect(locate(["/opt/tools/claude", "/usr/local/sbin/claude"])).toBe("/usr/local/sbin/claude");
  });

  test("the one on PATH, before one in a usual place", () => {
    expect(locate(["/home/u/.local/bin/claude", "/opt/tools/claude"])).toBe("/opt/tools/claude");
  });

  test("the one in a usual place, when PATH has none", () => {
    expect(locate(["/home/u/.bun/bin/claude", "/home/u/.local/bin/claude"])).toBe("/home/u/.local/bin/claude");
  });

  test("not found, when it is nowhere", () => {
    expect(locate(["/elsewhere/claude"])).toBeUndefined();
  });

  test("the one the user named", () => {
    expect(locate(["/opt/tools/claude", "/mine/claude"], { explicitPath: "/mine/claude" })).toBe("/mine/claude");
  });

  test("not found, when the one the user named cannot be run: no other is taken instead", () => {
    expect(locate(["/opt/tools/claude"], { explicitPath: "/mine/claude" })).toBeUndefined();
  });

  test("found by an explicit path alone, which is the only place looked at", () => {
    const options = {
      explicitPath: "/mine/claude",
      env: { PATH: "/bin" },
      home: "/home/u",
      platform: "linux",
    } as const;
    expect(candidatePaths({ ...options, isExecutable: () => false })).toEqual(["/mine/claude"]);
  });
});

describe("the places looked at, in order, are", () => {
  const unixPlaces = (home: string) => [
    `${home}/.local/bin/claude`,
    `${home}/.claude/local/claude`,
    `${home}/.claude/local/node_modules/.bin/claude`,
    "/opt/homebrew/bin/claude",
    "/usr/local/bin/claude",
    "/usr/bin/claude",
    `${home}/.npm-global/bin/claude`,
    `${home}/.bun/bin/claude`,
    `${home}/.volta/bin/claude`,
    `${home}/.local/share/pnpm/claude`,
    `${home}/Library/pnpm/claude`,
  ];

  test.each(["linux", "darwin"] as const)("on %s: PATH, then where the installers put it", (platform) => {
    expect(candidates({ env: { PATH: "/b:/a" }, home: "/h", platform })).toEqual([
      "/b/claude",
      "/a/claude",
      ...unixPlaces("/h"),
    ]);
  });

  test("without PATH: the usual places alone", () => {
    expect(candidates({ env: {}, home: "/h", platform: "linux" })).toEqual(unixPlaces("/h"));
  });

  test("with empty entries in PATH: not the current directory", () => {
    expect(candidates({ env: { PATH: ":/a::" }, home: "/h", platform: "linux" })).toEqual([
      "/a/claude",
      ...unixPlaces("/h"),
    ]);
  });

  test("on Windows: an .exe, on Path or where the installers put it", () => {
    const env = { Path: "C:\\Tools;D:\\bin", APPDATA: "C:\\Users\\u\\AppData\\Roaming" };
    expect(candidates({ env, home: "C:\\Users\\u", platform: "win32" })).toEqual([
      "C:\\Tools\\claude.exe",
      "D:\\bin\\claude.exe",
      "C:\\Users\\u\\.local\\bin\\claude.exe",
      "C:\\Users\\u\\AppData\\Roaming\\npm\\node_modules\\@anthropic-ai\\claude-code\\bin\\claude.exe",
    ]);
  });

  test("on Windows without APPDATA: the folder it usually stands for", () => {
    expect(candidates({ env: {}, home: "C:\\Users\\u", platform: "win32" })).toEqual([
      "C:\\Users\\u\\.local\\bin\\claude.exe",
      "C:\\Users\\u\\AppData\\Roaming\\npm\\node_modules\\@anthropic-ai\\claude-code\\bin\\claude.exe",
    ]);
  });
});
