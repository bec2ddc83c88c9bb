import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseCommandLine } from "../../../src/cli/command-line/parse-command-line.ts";
import type { Config } from "../../../src/config/config.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { ALL_OPTIONS, LOG_LEVELS } from "../../../src/config/options.ts";
import { anyCharacter } from "../../support/any-character.ts";

/** Any texts, also odd ones, within what each kind of setting accepts. */
const line = fc.string({ minLength: 1, maxLength: 20, unit: anyCharacter }).filter((text) => text.trim() !== "");
const item = fc.stringMatching(/^[!-+\--<>-~]{1,12}$/);
const hostName = fc.stringMatching(/^[a-zA-Z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const origin = fc
  .tuple(
    fc.constantFrom("https", "app", "chrome-extension", "vscode-webview", "HTTP"),
    fc.stringMatching(/^[a-zA-Z]{1,9}$/),
  )
  .chain(([scheme, host]) => fc.integer({ min: 1, max: 65535 }).map((port) => `${scheme}://${host}:${port}`));

const settings = fc.record(
  {
    port: fc.integer({ min: 0, max: 65535 }),
    host: fc.constantFrom("127.0.0.1", "127.1.2.3", "::1", "localhost"),
    claudePath: line,
    anthropicBaseUrl: fc.webUrl({ withQueryParameters: true }),
    warm: fc.integer({ min: 0, max: 16 }),
    maxConcurrency: fc.integer({ min: 1, max: 64 }),
    maxParked: fc.integer({ min: 0, max: 64 }),
    parkTimeout: fc.integer({ min: 1, max: 86_400 }),
    remoteImages: fc.boolean(),
    webSearch: fc.boolean(),
    strict: fc.boolean(),
    store: fc.boolean(),
    logLevel: fc.constantFrom(...LOG_LEVELS),
    apiKey: fc.array(fc.stringMatching(/^[!-+\--~]{8,20}$/), { minLength: 1, maxLength: 3 }),
    allowApiKey: fc.boolean(),
    allowOrigin: fc.array(origin, { minLength: 1, maxLength: 3 }),
    allowedHost: fc.array(hostName, { minLength: 1, maxLength: 3 }),
    defaultModel: item,
    // Behind a colon stands an effort.
    modelAlias: fc.dictionary(
      item,
      item.filter((text) => !/:[a-z]*$/i.test(text)),
      { minKeys: 1, maxKeys: 3 },
    ),
    demo: fc.boolean(),
  },
  { requiredKeys: [] },
);

type Settings = Readonly<Record<string, unknown>>;

test("the same settings as flags, as variables and as a file give the same configuration", () => {
  fc.assert(
    fc.property(settings, fc.infiniteStream(fc.boolean()), (given, coin) => {
      const flip = () => coin.next().value === true;
      const fromFile = load([], {}, JSON.stringify(given));
      expect(load(asArguments(given, flip), {}, undefined)).toEqual(fromFile);
      expect(load([], asEnvironment(given), undefined)).toEqual(fromFile);
    }),
    { numRuns: 20 },
  );
});

function load(argv: readonly string[], env: Readonly<Record<string, string>>, file: string | undefined): Config {
  const parsed = parseCommandLine(argv);
  if (!("flags" in parsed)) throw new Error(`parsed as ${parsed.kind}`);
  const readFile = () => {
    if (file === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    return file;
  };
  return loadConfig({ flags: parsed.flags, env, home: "/home/u", platform: "linux", readFile }).config;
}

function asArguments(given: Settings, flip: () => boolean): string[] {
  return options(given).flatMap(({ flag, kind, value }) => {
    if (typeof value === "boolean") return [value ? `--${flag}` : `--no-${flag}`];
    const texts = kind.takes === "many" && flip() ? [asTexts(value).join(",")] : asTexts(value);
    // A value that begins with a dash has to be written with the equals sign.
    return texts.flatMap((text) => (text.startsWith("-") || flip() ? [`--${flag}=${text}`] : [`--${flag}`, text]));
  });
}

function asEnvironment(given: Settings): Record<string, string> {
  return Object.fromEntries(options(given).map(({ env, value }) => [env, asTexts(value).join(",")]));
}

function options(given: Settings) {
  return ALL_OPTIONS.filter(({ key }) => given[key] !== undefined).map((option) => ({
    ...option,
    value: given[option.key],
  }));
}

function asTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value === "object" && value !== null)
    return Object.entries(value).map(([name, model]) => `${name}=${model}`);
  return [String(value)];
}
