import { describe, expect, test } from "bun:test";
import { candidatePaths, type LocateOptions } from "../../../src/claude/cli/locate.ts";

/** Looks for the CLI on a machine where just these files can be run. */
function locate(executables: readonly string[], options: Partial<LocateOptions> = {}): string | undefined {
  const env = { PATH: "/usr/local/sbin:/opt/tools" };
  const candidates = candidatePaths({ env, home: "/home/u", platform: "linux", ...options });
  return candidates.find((path) => executables.includes(path));
}

const candidates = (options: Pick<LocateOptions, "env" | "home" | "platform">) => candidatePaths(options);

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
    expect(candidatePaths(options)).toEqual(["/mine/claude"]);
  });
});

describe("below a version manager, the CLI is that of the newest version", () => {
  const folders = {
    "/home/u/.nvm/versions/node": ["v9.1.0", "v22.3.0", "v18.0.0"],
    "/opt/fnm/node-versions": ["v20.1.0"],
    "/home/u/.local/share/mise/installs/claude": ["2.1.330", "latest"],
    "/home/u/.asdf/installs/nodejs": ["20.0.0"],
  };
  const namesIn = (folder: string) => Object.entries(folders).find(([path]) => path === folder)?.[1] ?? [];
  test.each([
    ["nvm", ["/home/u/.nvm/versions/node/v9.1.0/bin/claude", "/home/u/.nvm/versions/node/v22.3.0/bin/claude"]],
    ["fnm", ["/opt/fnm/node-versions/v20.1.0/installation/bin/claude"]],
    [
      "mise",
      [
        "/home/u/.local/share/mise/installs/claude/2.1.330/claude",
        "/home/u/.local/share/mise/installs/claude/latest/claude",
      ],
    ],
    ["asdf", ["/home/u/.asdf/installs/nodejs/20.0.0/bin/claude"]],
  ])("of %s", (_, executables) => {
    expect(locate(executables, { env: { FNM_DIR: "/opt/fnm" }, namesIn })).toBe(executables.at(-1));
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
    "/home/linuxbrew/.linuxbrew/bin/claude",
    `${home}/.linuxbrew/bin/claude`,
    `${home}/.nix-profile/bin/claude`,
    `${home}/.local/state/nix/profile/bin/claude`,
    "/run/current-system/sw/bin/claude",
    "/nix/var/nix/profiles/default/bin/claude",
    "/snap/bin/claude",
    `${home}/.local/share/mise/shims/claude`,
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
      "C:\\Tools\\node_modules\\@anthropic-ai\\claude-code\\bin\\claude.exe",
      "D:\\bin\\claude.exe",
      "D:\\bin\\node_modules\\@anthropic-ai\\claude-code\\bin\\claude.exe",
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
