import { describe, expect, test } from "bun:test";
import { cliEnvironment } from "../../../src/claude/cli/invocation.ts";
import { networkSettings, withNetworkSettings } from "../../../src/claude/cli/network-settings.ts";

const USER = "/home/u/.claude/settings.json";
const MANAGED = "/etc/claude-code/managed-settings.json";

/** What applies on a machine with just these files, by name. */
function settings(files: Record<string, string>, env: Record<string, string> = {}) {
  const readFile = (path: string) => {
    const text = files[path];
    if (text === undefined) throw new Error("ENOENT");
    return text;
  };
  const namesIn = (folder: string) => Object.keys(files).flatMap((path) => path.split(`${folder}/`)[1] ?? []);
  const context = { env, home: "/home/u", platform: "linux", namesIn } as const;
  return { told: networkSettings(context, readFile), env: withNetworkSettings(context, readFile) };
}

const file = (env: object) => JSON.stringify({ env, permissions: {} });

describe("how the network is reached is taken from Claude Code's settings", () => {
  test("these names alone, and texts alone", () => {
    const { told, env } = settings({
      [USER]: file({
        HTTPS_PROXY: "http://proxy:1",
        CLAUDE_CODE_CLIENT_CERT: "/c.pem",
        NODE_USE_SYSTEM_CA: 1,
        ANTHROPIC_BASE_URL: "http://elsewhere",
        ANTHROPIC_API_KEY: "sk",
      }),
    });
    expect(told).toEqual([
      { name: "HTTPS_PROXY", value: "http://proxy:1", file: USER },
      { name: "CLAUDE_CODE_CLIENT_CERT", value: "/c.pem", file: USER },
    ]);
    expect(env).toEqual({ HTTPS_PROXY: "http://proxy:1", CLAUDE_CODE_CLIENT_CERT: "/c.pem" });
    expect(cliEnvironment(env, { allowApiKey: false })).toMatchObject(env);
  });

  test("what the environment says goes before managed settings, and these before the user's", () => {
    const files = {
      [MANAGED]: file({ http_proxy: "http://managed:1", NODE_EXTRA_CA_CERTS: "/managed.pem" }),
      [USER]: file({ NODE_EXTRA_CA_CERTS: "/user.pem", ALL_PROXY: "socks5://user:1" }),
    };
    expect(settings(files, { HTTP_PROXY: "http://own:1", SSL_CERT_DIR: "" }).told).toEqual([
      { name: "HTTP_PROXY", value: "http://own:1" },
      { name: "NODE_EXTRA_CA_CERTS", value: "/managed.pem", file: MANAGED },
      { name: "ALL_PROXY", value: "socks5://user:1", file: USER },
    ]);
  });

  test("fragments of managed settings go before the file beside them, the last of them first", () => {
    const fragment = (name: string) => `/etc/claude-code/managed-settings.d/${name}`;
    const files = {
      [MANAGED]: file({ HTTPS_PROXY: "http://base:1", NO_PROXY: "base" }),
      [fragment("20-late.json")]: file({ HTTPS_PROXY: "http://late:1" }),
      [fragment("10-early.json")]: file({ HTTPS_PROXY: "http://early:1", NODE_EXTRA_CA_CERTS: "/early.pem" }),
      [fragment(".hidden.json")]: file({ SSL_CERT_FILE: "/hidden.pem" }),
      [fragment("notes.txt")]: file({ SSL_CERT_DIR: "/notes" }),
    };
    expect(settings(files).told).toEqual([
      { name: "HTTPS_PROXY", value: "http://late:1", file: fragment("20-late.json") },
      { name: "NODE_EXTRA_CA_CERTS", value: "/early.pem", file: fragment("10-early.json") },
      { name: "NO_PROXY", value: "base", file: MANAGED },
    ]);
  });

  test("from where CLAUDE_CONFIG_DIR says; files that are none are done without", () => {
    const files = {
      "/company/settings.json": file({ ALL_PROXY: "x" }),
      [MANAGED]: "{",
      [USER]: file({ NO_PROXY: "y" }),
    };
    expect(settings(files, { CLAUDE_CONFIG_DIR: "/company" }).told.map(({ name }) => name)).toEqual(["ALL_PROXY"]);
    expect(settings({ [USER]: '{"env": []}' }).told).toEqual([]);
  });
});
