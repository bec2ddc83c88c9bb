import { describe, expect, test } from "bun:test";
import { ConfigError } from "../../src/config/errors.ts";
import { ALL_OPTIONS, OPTIONS } from "../../src/config/options.ts";
import { configOf, load, refusalOf } from "./load-with.ts";

describe("a host that other machines reach", () => {
  const open = ["0.0.0.0", "::", "192.168.1.5", "my-mac.local", "127.0.0.1.nip.io", "128.0.0.1", "127.1"];

  test.each(open)("is refused without an API key: %p", (host) => {
    const message = refusalOf({ flags: { host: [host] } });
    expect(message).toStartWith(`--host: other machines can reach ${host}`);
    for (const remedy of ["--api-key", "CLAUDE_MAX_API_KEY", "--api-key-file", "localhost"])
      expect(message).toContain(remedy);
  });

  test("is named by the source it came from", () => {
    expect(refusalOf({ env: { CLAUDE_MAX_API_HOST: "0.0.0.0" } })).toStartWith("CLAUDE_MAX_API_HOST: other");
    expect(refusalOf({ file: { host: "0.0.0.0" } })).toStartWith('"host" in /home/u/.config');
  });

  test.each(open)("is accepted with an API key: %p", (host) => {
    expect(configOf({ flags: { host: [host] }, env: { CLAUDE_MAX_API_KEY: "long-enough" } }).host).toBe(host);
  });

  test("is accepted with a key file", () => {
    const flags = { host: ["0.0.0.0"], "api-key-file": ["/keys"] };
    expect(configOf({ flags, files: { "/keys": "long-enough" } }).host).toBe("0.0.0.0");
  });

  test("is refused among others, and accepted with a key, though this machine goes another way", () => {
    const flags = { host: ["localhost", "192.168.1.5"] };
    expect(refusalOf({ flags })).toStartWith("--host: other machines can reach 192.168.1.5");
    const env = { CLAUDE_MAX_API_KEY: "long-enough" };
    expect(configOf({ flags, env })).toMatchObject({ hosts: flags.host, host: "localhost" });
    expect(configOf({ env: { ...env, CLAUDE_MAX_API_HOST: "localhost, 192.168.1.5" } }).hosts).toEqual(flags.host);
  });

  test("is refused with an empty list of keys", () => {
    expect(refusalOf({ file: { host: "0.0.0.0", apiKey: [] } })).toContain("other machines");
  });
});

test.each(["127.0.0.1", "127.9.8.7", "::1", "0:0:0:0:0:0:0:1", "localhost", "LOCALHOST"])(
  "a loopback host needs no API key: %p",
  (host) => expect(configOf({ flags: { host: [host] } }).host).toBe(host),
);

describe("a warning, not an error, is", () => {
  test("an unknown variable with our prefix; it names the nearest known one", () => {
    expect(load({ env: { CLAUDE_MAX_API_PROT: "1", CLAUDE_MAX_API_XYZZY: "2" } }).warnings).toEqual([
      "ignoring the unknown environment variable CLAUDE_MAX_API_PROT. Did you mean CLAUDE_MAX_API_PORT?",
      "ignoring the unknown environment variable CLAUDE_MAX_API_XYZZY.",
    ]);
  });

  test("a variable that is set, but empty; it counts as not set", () => {
    const { config, warnings } = load({ env: { CLAUDE_MAX_API_PORT: "" }, file: { port: 7 } });
    expect(config.port).toBe(7);
    expect(warnings).toEqual(["ignoring CLAUDE_MAX_API_PORT: it is set, but empty."]);
  });

  test("nothing else: other programs' variables and our known ones pass in silence", () => {
    const env = { PATH: "/bin", ANTHROPIC_API_KEY: "x", CLAUDE_MAX_API_PORT: "1", CLAUDE_MAX_API_KEY: "long-enough" };
    expect(load({ env }).warnings).toEqual([]);
  });
});

test("a ConfigError keeps what caused it", () => {
  try {
    load({ flags: { config: ["/no.json"] } });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ name: "ConfigError", cause: { code: "ENOENT" } });
  }
});

describe("the options table", () => {
  test("is keyed by the names the configuration file uses", () => {
    expect(Object.keys(OPTIONS)).toEqual(ALL_OPTIONS.map(({ key }) => key));
  });
  test("has no flag, letter or variable twice", () => {
    const names = ALL_OPTIONS.flatMap(({ flag, short, env }) => [
      `--${flag}`,
      ...(short ? [short] : []),
      ...(env ? [env] : []),
    ]);
    expect(new Set(names).size).toBe(names.length);
  });
  test("names variables after the flags, but for the API key", () => {
    const odd = ALL_OPTIONS.filter(
      ({ flag, env }) => env !== undefined && env !== `CLAUDE_MAX_API_${flag.toUpperCase().replaceAll("-", "_")}`,
    );
    expect(odd.map(({ env }) => env)).toEqual(["CLAUDE_MAX_API_KEY", "CLAUDE_MAX_API_KEY_FILE"]);
  });
});

test("a path that begins with ~ is one in the home folder, wherever it is said", () => {
  const file = { claudePath: "~/bin/claude" };
  const files = { "/home/u/keys": "long-enough", "/home/u/x.json": JSON.stringify(file) };
  const env = { CLAUDE_MAX_API_KEY_FILE: "~/keys" };
  const config = configOf({ flags: { config: ["~/x.json"], "log-file": ["~"] }, env, files });
  expect(config).toMatchObject({ claudePath: "/home/u/bin/claude", apiKeys: ["long-enough"], logFile: "/home/u" });
  for (const path of ["~other/x", "a~/x", "~\\x"])
    expect(configOf({ flags: { "claude-path": [path] } }).claudePath).toBe(path);
});
