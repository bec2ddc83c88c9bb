import { describe, expect, test } from "bun:test";
import type { Config } from "../../src/config/config.ts";
import { ALL_OPTIONS } from "../../src/config/options.ts";
import { configOf, HOME } from "./load-with.ts";

/** One setting as each source writes it, a second value of it for precedence, and what the configuration then holds. */
type Sample = {
  readonly texts: readonly string[];
  readonly json: unknown;
  readonly expected: Partial<Config>;
  readonly otherJson: unknown;
};

const KEY_FILE = `${HOME}/keys`;
const FILES = { [KEY_FILE]: "# mine\n\n  file-key-1 \r\nfile-key-2\n", [`${HOME}/other`]: "other-key-3" };

const SAMPLES: Readonly<Record<string, Sample>> = {
  port: { texts: ["0"], json: 0, expected: { port: 0 }, otherJson: 65535 },
  host: {
    texts: ["::1", "127.0.0.2"],
    json: ["::1", "127.0.0.2"],
    expected: { hosts: ["::1", "127.0.0.2"], host: "::1" },
    otherJson: "localhost",
  },
  claudePath: { texts: ["/opt/claude"], json: "/opt/claude", expected: { claudePath: "/opt/claude" }, otherJson: "x" },
  anthropicBaseUrl: {
    texts: ["https://gateway.example/v1?a=b,c"],
    json: "https://gateway.example/v1?a=b,c",
    expected: { anthropicBaseUrl: "https://gateway.example/v1?a=b,c" },
    otherJson: "http://127.0.0.1:9",
  },
  warm: { texts: ["16"], json: 16, expected: { warm: 16 }, otherJson: 0 },
  maxConcurrency: { texts: ["64"], json: 64, expected: { maxConcurrency: 64 }, otherJson: 1 },
  maxWorkers: { texts: ["12"], json: 12, expected: { maxWorkers: 12 }, otherJson: 1 },
  idleTimeout: { texts: ["60"], json: 60, expected: { idleTimeoutSeconds: 60 }, otherJson: 1 },
  maxParked: { texts: ["9"], json: 9, expected: { maxParked: 9 }, otherJson: 0 },
  parkTimeout: { texts: ["60"], json: 60, expected: { parkTimeoutSeconds: 60 }, otherJson: 1 },
  store: { texts: ["false"], json: false, expected: { store: false }, otherJson: true },
  webSearch: { texts: ["false"], json: false, expected: { webSearch: false }, otherJson: true },
  remoteImages: { texts: ["false"], json: false, expected: { remoteImages: false }, otherJson: true },
  strict: { texts: ["true"], json: true, expected: { strict: true }, otherJson: false },
  logLevel: { texts: ["debug"], json: "debug", expected: { logLevel: "debug" }, otherJson: "silent" },
  apiKey: {
    texts: ["first-key", "second-key"],
    json: ["first-key", "second-key"],
    expected: { apiKeys: ["first-key", "second-key"] },
    otherJson: ["third-key"],
  },
  apiKeyFile: {
    texts: [KEY_FILE],
    json: KEY_FILE,
    expected: { apiKeys: ["file-key-1", "file-key-2"] },
    otherJson: `${HOME}/other`,
  },
  allowApiKey: { texts: ["true"], json: true, expected: { allowApiKey: true }, otherJson: false },
  allowOrigin: {
    texts: ["https://App.example:443", "app://obsidian.md"],
    json: ["https://App.example:443", "app://obsidian.md"],
    expected: { allowedOrigins: ["https://app.example", "app://obsidian.md"] },
    otherJson: ["http://localhost:5173"],
  },
  allowedHost: {
    texts: ["My-Mac.local", "10.0.0.2"],
    json: ["My-Mac.local", "10.0.0.2"],
    expected: { allowedHosts: ["my-mac.local", "10.0.0.2"] },
    otherJson: [],
  },
  defaultModel: { texts: ["opus"], json: "opus", expected: { defaultModel: "opus" }, otherJson: "haiku" },
  modelAlias: {
    texts: ["gpt-*=claude-sonnet-4:low", "o3=a=b"],
    json: { "gpt-*": "claude-sonnet-4:low", o3: "a=b" },
    expected: { modelAliases: { "gpt-*": "claude-sonnet-4:low", o3: "a=b" } },
    otherJson: { x: "y" },
  },
  allowExtraUsage: { texts: ["true"], json: true, expected: { allowExtraUsage: true }, otherJson: false },
  hold: { texts: ["15"], json: 15, expected: { holdMinutes: 15 }, otherJson: 5 },
  budget: {
    texts: ["five_hour=80%", "seven_day=62.5"],
    json: { five_hour: "80%", seven_day: "62.5" },
    expected: { budget: { five_hour: 0.8, seven_day: 0.625 } },
    otherJson: { seven_day: "1%" },
  },
  demo: { texts: ["true"], json: true, expected: { demo: true }, otherJson: false },
  logFormat: { texts: ["json"], json: "json", expected: { logFormat: "json" }, otherJson: "text" },
  logFile: { texts: ["/x/log"], json: "/x/log", expected: { logFile: "/x/log" }, otherJson: "/y" },
  usageLog: { texts: ["false"], json: false, expected: { usageLog: false }, otherJson: true },
};

const SETTINGS = ALL_OPTIONS.filter(({ inFile }) => inFile);

test("without any source, the defaults hold", () => {
  expect(configOf({})).toEqual({
    port: 3456,
    hosts: ["localhost"],
    host: "localhost",
    claudePath: undefined,
    anthropicBaseUrl: undefined,
    logFile: undefined,
    warm: 1,
    maxConcurrency: 8,
    maxWorkers: 8,
    idleTimeoutSeconds: 600,
    maxParked: 4,
    parkTimeoutSeconds: 600,
    remoteImages: true,
    webSearch: true,
    strict: false,
    store: true,
    usageLog: true,
    logFormat: "text",
    apiKeyNames: new Map(),
    logLevel: "info",
    apiKeys: [],
    allowApiKey: false,
    allowedOrigins: [],
    allowedHosts: [],
    defaultModel: "claude-sonnet-4",
    allowExtraUsage: false,
    holdMinutes: 0,
    budget: {},
    modelAliases: {},
    demo: false,
  });
});

test("there may be as many processes as requests at the same moment, unless fewer are wanted", () => {
  expect(configOf({ flags: { "max-concurrency": ["16"] } })).toMatchObject({ maxConcurrency: 16, maxWorkers: 16 });
  expect(configOf({ flags: { "max-concurrency": ["4"] } })).toMatchObject({ maxConcurrency: 4, maxWorkers: 8 });
  const both = { "max-concurrency": ["16"], "max-workers": ["2"] };
  expect(configOf({ flags: both })).toMatchObject({ maxConcurrency: 16, maxWorkers: 2 });
});

test("every setting of the table has a sample here", () => {
  expect(Object.keys(SAMPLES).sort()).toEqual(SETTINGS.map(({ key }) => key).sort());
});

describe.each(SETTINGS)("--$flag", ({ flag, env = "", key }) => {
  const sample = SAMPLES[key] ?? { texts: [], json: null, expected: {}, otherJson: null };
  const inFlags = { flags: { [flag]: sample.texts } };
  const inEnvironment = { env: { [env]: sample.texts.join(",") } };
  const inFile = { file: { [key]: sample.json } };
  const otherInFile = { file: { [key]: sample.otherJson } };

  test("is taken from the flag", () => {
    expect(configOf({ ...inFlags, files: FILES })).toMatchObject(sample.expected);
  });
  test("is taken from the environment", () => {
    expect(configOf({ ...inEnvironment, files: FILES })).toMatchObject(sample.expected);
  });
  test("is taken from the configuration file", () => {
    expect(configOf({ ...inFile, files: FILES })).toMatchObject(sample.expected);
  });
  test("the environment wins over the file", () => {
    expect(configOf({ ...inEnvironment, ...otherInFile, files: FILES })).toMatchObject(sample.expected);
  });
  test("the flag wins over the environment", () => {
    const other = configOf({ ...otherInFile, files: FILES });
    expect(other).not.toMatchObject(sample.expected);
    const otherText = asVariable(sample.otherJson);
    expect(configOf({ ...inFlags, env: { [env]: otherText }, files: FILES })).toMatchObject(sample.expected);
  });
});

describe("a switch that a lower source turns on", () => {
  test("is turned off by --no-…", () => {
    expect(configOf({ flags: { demo: ["false"] }, env: { CLAUDE_MAX_API_DEMO: "1" } }).demo).toBe(false);
  });
  test.each(["false", "0", "no", "OFF"])("is turned off by %p in its variable", (word) => {
    expect(configOf({ env: { CLAUDE_MAX_API_DEMO: word }, file: { demo: true } }).demo).toBe(false);
  });
});

test("lists of different sources do not merge", () => {
  const given = { flags: { "allow-origin": ["https://a.example"] }, file: { allowOrigin: ["https://b.example"] } };
  expect(configOf(given).allowedOrigins).toEqual(["https://a.example"]);
});

test("a list may be written with commas, spaces around its items", () => {
  expect(configOf({ flags: { "allow-origin": ["https://a.example, app://b,", "https://c.example"] } })).toMatchObject({
    allowedOrigins: ["https://a.example", "app://b", "https://c.example"],
  });
});

test("an alias named like a property of every object is an alias and nothing else", () => {
  expect(Object.entries(configOf({ flags: { "model-alias": ["__proto__=m"] } }).modelAliases)).toEqual([
    ["__proto__", "m"],
  ]);
  const inherited: unknown = configOf({ flags: { "model-alias": ["a=b"] } }).modelAliases.constructor;
  expect(inherited).toBeUndefined();
});

function asVariable(json: unknown): string {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) {
    return Object.entries(json)
      .map(([name, value]) => `${name}=${value}`)
      .join(",");
  }
  return String(json);
}
