import { describe, expect, test } from "bun:test";
import { ALIAS_EFFORTS, ALL_OPTIONS } from "../../src/config/options.ts";
import { REASONING_EFFORTS } from "../../src/core/request.ts";
import { load, refusalOf, USUAL_FILE } from "./load-with.ts";

/** Per setting: a text that no source may hold, and the native values that the file may not hold. */
const BAD: Readonly<Record<string, { readonly text: string; readonly json: readonly unknown[] }>> = {
  port: { text: "65536", json: ["3456", -1, 1.5, null, [1]] },
  host: { text: "http://127.0.0.1", json: [1, "", "127.0.0.1:80", "a b"] },
  claudePath: { text: " ", json: [1, ""] },
  anthropicBaseUrl: {
    text: "gateway.example",
    json: ["ftp://gateway.example", "https://me:secret@gateway.example", 1],
  },
  warm: { text: "17", json: ["1", 17, true] },
  maxConcurrency: { text: "0", json: [0, 65, "8"] },
  maxWorkers: { text: "0", json: [0, 65, "8"] },
  idleTimeout: { text: "0", json: [0, 86_401, "600"] },
  maxParked: { text: "65", json: [-1, "4", 1.5] },
  parkTimeout: { text: "0", json: [0, 86_401, "600"] },
  strict: { text: "maybe", json: ["true", 1] },
  store: { text: "perhaps", json: ["false", 0] },
  webSearch: { text: "perhaps", json: ["false", 0] },
  remoteImages: { text: "perhaps", json: ["false", 0] },
  usageLog: { text: "perhaps", json: ["false", 0] },
  logFormat: { text: "xml", json: ["", "JSON", 3] },
  logFile: { text: " ", json: [1, ""] },
  logLevel: { text: "verbose", json: ["", "INFO", 3] },
  apiKey: { text: "short", json: ["long-enough-key", ["short"], [12345678]] },
  apiKeyFile: { text: " ", json: [["/keys"], ""] },
  allowApiKey: { text: "maybe", json: ["true", 1] },
  allowOrigin: { text: "app.example", json: ["https://app.example", ["app.example"], [1]] },
  allowedHost: { text: "host:80", json: ["host", ["http://host"], ["*"]] },
  defaultModel: { text: " ", json: ["", 4, ["opus"]] },
  modelAlias: { text: "gpt-4o", json: [["a=b"], "a=b", { a: 1 }] },
  allowExtraUsage: { text: "maybe", json: ["true", 1] },
  hold: { text: "301", json: [-1, "5", 301] },
  budget: { text: "five_hour", json: [["a=b"], "a=b", { a: 1 }] },
  demo: { text: "2", json: ["false", 0] },
};

describe.each(ALL_OPTIONS.filter(({ inFile }) => inFile))("a bad value of --$flag", ({ flag, key, env = "", kind }) => {
  const bad = BAD[key] ?? { text: "", json: [] };

  test("in the flag: the message names the flag and what is accepted", () => {
    expect(refusalOf({ flags: { [flag]: [bad.text] } })).toStartWith(`--${flag} must be ${kind.accepts}`);
  });
  test("in the environment: the message names the variable and what is accepted", () => {
    expect(refusalOf({ env: { [env]: bad.text } })).toStartWith(`${env} must be ${kind.accepts}`);
  });
  test.each(bad.json.map((json) => [json]))(
    "in the configuration file: the message names file, key and what is accepted: %j",
    (json) => {
      expect(refusalOf({ file: { [key]: json } })).toStartWith(`"${key}" in ${USUAL_FILE} must be ${kind.acceptsJson}`);
    },
  );
});

describe("the message", () => {
  test("shows the value", () => {
    expect(refusalOf({ flags: { port: ["80a"] } })).toBe('--port must be a whole number from 0 to 65535, not "80a".');
    expect(refusalOf({ flags: { port: ["-1"] } })).toBe("--port must be a whole number from 0 to 65535, not -1.");
    expect(refusalOf({ env: { CLAUDE_MAX_API_LOG_LEVEL: "loud" } })).toBe(
      'CLAUDE_MAX_API_LOG_LEVEL must be one of silent, error, warn, info, debug, not "loud".',
    );
  });

  test("shows the wrong item of a list, not the list", () => {
    expect(refusalOf({ flags: { "allow-origin": ["https://a.example,b.example"] } })).toEndWith('not "b.example".');
    expect(refusalOf({ file: { allowOrigin: ["https://a.example", 5] } })).toEndWith("not 5.");
  });
});

describe("an origin", () => {
  test.each([
    "*",
    "*://*",
    "http://*",
    "https://*",
    "https://*:443",
    "https://*.example",
    "https://*.example.com:*",
    "https://a.*.com",
    "https://*a.example.com",
    "https://app.example:*",
    "http://*:3000",
    "app://*.md",
    "app://a:*",
    "https://a.example,*",
  ])("with a wildcard is refused with the reason: %p", (origin) => {
    const message = refusalOf({ flags: { "allow-origin": [origin] } });
    expect(message).toContain("--allow-origin");
    expect(message).toContain("any web page could spend your subscription");
    expect(message).toContain("scheme://host[:port]");
  });
  test("with a wildcard in the configuration file is refused with the reason", () => {
    expect(refusalOf({ file: { allowOrigin: ["*"] } })).toContain("any web page could spend your subscription");
  });
  test.each([
    "app.example",
    "https://",
    "https://a.example/path",
    "https://u@a.example",
    "https://a:99999",
    "file:///home",
    "vscode-webview:",
  ])("that is not scheme://host[:port] is refused: %p", (origin) => {
    expect(refusalOf({ flags: { "allow-origin": [origin] } })).toContain("scheme://host[:port]");
  });
});

test.each([
  ["vscode-webview://*", "vscode-webview://*"],
  ["chrome-extension://abcdefgh", "chrome-extension://abcdefgh"],
  ["moz-extension://*", "moz-extension://*"],
  ["tauri://localhost", "tauri://localhost"],
  ["app://.", "app://."],
  ["file://", "file://"],
  ["file:///", "file://"],
  ["NULL", "null"],
  ["HTTPS://*.Example.com:443/", "https://*.example.com"],
  ["http://localhost:*", "http://localhost:*"],
  ["http://127.0.0.1:*", "http://127.0.0.1:*"],
  ["http://[::1]:*", "http://[::1]:*"],
  ["http://a.example:80", "http://a.example"],
  ["http://a.example:443", "http://a.example:443"],
])("an origin is taken, and compared in the form that browsers send: %p", (given, normal) => {
  expect(load({ flags: { "allow-origin": [given] } }).config.allowedOrigins).toEqual([normal]);
});

test("the origin that any page can have is taken with a warning, unless a key keeps pages out", () => {
  const warnings = (key: object) => load({ flags: { "allow-origin": ["null"], ...key } }).warnings;
  expect(warnings({})).toEqual([expect.stringContaining("--allow-origin null: any web page can send that origin")]);
  expect(warnings({ "api-key": ["right-key"] })).toEqual([]);
});

describe("a model alias", () => {
  test.each(["=claude-sonnet-4", "gpt-4o=", " = "])("with an empty side is refused: %p", (alias) => {
    expect(refusalOf({ flags: { "model-alias": [alias] } })).toBe(
      "--model-alias: NAME=MODEL must have both sides filled in.",
    );
  });
  test("with an empty side is refused in the configuration file", () => {
    expect(refusalOf({ file: { modelAlias: { "": "claude-sonnet-4" } } })).toStartWith(`"modelAlias" in ${USUAL_FILE}`);
    expect(refusalOf({ file: { modelAlias: { a: " " } } })).toStartWith(`"modelAlias" in ${USUAL_FILE}`);
  });
  test("with an effort that there is not is refused, and which one is named", () => {
    const why =
      "fast=opus:slow: behind the colon stands an effort, one of none, minimal, low, medium, high, xhigh, max.";
    expect(refusalOf({ flags: { "model-alias": ["a=b", "fast=opus:slow"] } })).toBe(`--model-alias: ${why}`);
    expect(refusalOf({ file: { modelAlias: { fast: "opus:slow" } } })).toBe(`"modelAlias" in ${USUAL_FILE}: ${why}`);
  });
  test("may have any effort that a request may have", () => {
    expect<readonly string[]>(ALIAS_EFFORTS).toEqual(REASONING_EFFORTS);
  });
  test("given twice is refused", () => {
    expect(refusalOf({ flags: { "model-alias": ["a=b", "a=c"] } })).toContain("each name once");
  });
});

test("a list of nothing but commas is refused", () => {
  expect(refusalOf({ flags: { "allowed-host": [" , "] } })).toStartWith("--allowed-host must be");
});
