import { describe, expect, test } from "bun:test";
import { configFilePath, stateDirectory } from "../../src/config/paths.ts";

describe("the configuration file is looked for", () => {
  const linux = { platform: "linux", home: "/home/u" };

  test("on Linux in ~/.config", () => {
    expect(configFilePath({ ...linux, env: {} })).toBe("/home/u/.config/claude-max-api/config.json");
  });
  test("on Linux in XDG_CONFIG_HOME when that is set", () => {
    expect(configFilePath({ ...linux, env: { XDG_CONFIG_HOME: "/x" } })).toBe("/x/claude-max-api/config.json");
  });
  test.each(["", "relative"])(
    "on Linux in ~/.config when XDG_CONFIG_HOME is %p, as its specification demands",
    (value) => {
      const path = configFilePath({ ...linux, env: { XDG_CONFIG_HOME: value } });
      expect(path).toBe("/home/u/.config/claude-max-api/config.json");
    },
  );
  test("on macOS in Application Support, whatever XDG_CONFIG_HOME says", () => {
    expect(configFilePath({ platform: "darwin", home: "/Users/u", env: { XDG_CONFIG_HOME: "/x" } })).toBe(
      "/Users/u/Library/Application Support/claude-max-api/config.json",
    );
  });
  test("on Windows in APPDATA", () => {
    const env = { APPDATA: "D:\\Roaming" };
    expect(configFilePath({ platform: "win32", home: "C:\\Users\\u", env })).toBe(
      "D:\\Roaming\\claude-max-api\\config.json",
    );
  });
  test("on Windows in the home folder's AppData when APPDATA is not set", () => {
    expect(configFilePath({ platform: "win32", home: "C:\\Users\\u", env: {} })).toBe(
      "C:\\Users\\u\\AppData\\Roaming\\claude-max-api\\config.json",
    );
  });
});

test.each<[string, string, Record<string, string>, string]>([
  ["linux", "/home/u", {}, "/home/u/.local/state/claude-max-api"],
  ["linux", "/home/u", { XDG_STATE_HOME: "/x" }, "/x/claude-max-api"],
  ["linux", "/home/u", { XDG_STATE_HOME: "x" }, "/home/u/.local/state/claude-max-api"],
  ["darwin", "/Users/u", {}, "/Users/u/Library/Application Support/claude-max-api/State"],
  ["win32", "C:\\Users\\u", { LOCALAPPDATA: "D:\\Local" }, "D:\\Local\\claude-max-api\\State"],
])("what is kept on %s, in %s with %j, is in %s", (platform, home, env, path) => {
  expect(stateDirectory({ platform, home, env })).toBe(path);
});
