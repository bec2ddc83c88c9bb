import { describe, expect, test } from "bun:test";
import { configOf, refusalOf } from "./load-with.ts";

describe("API keys", () => {
  test("of one source, given and in a file, add up", () => {
    const flags = { "api-key": ["given-key"], "api-key-file": ["/keys"] };
    expect(configOf({ flags, files: { "/keys": "file-key-1" } }).apiKeys).toEqual(["given-key", "file-key-1"]);
  });

  test("given by a flag put a key file of the environment out of use", () => {
    const env = { CLAUDE_MAX_API_KEY_FILE: "/missing" };
    expect(configOf({ flags: { "api-key": ["given-key"] }, env }).apiKeys).toEqual(["given-key"]);
  });

  test("shorter than 8 characters are refused and not shown", () => {
    const message = refusalOf({ flags: { "api-key": ["long-enough", "sevench"] } });
    expect(message).toStartWith("--api-key must be a key of at least 8 characters");
    expect(message).not.toContain("sevench");
  });

  test.each(["with space", "with\ttab", "umlaut-ä"])("that no header carries safely are refused: %p", (key) => {
    expect(refusalOf({ env: { CLAUDE_MAX_API_KEY: key } })).toStartWith("CLAUDE_MAX_API_KEY must be a key");
  });

  test("with a comma are refused where the comma does not separate", () => {
    expect(refusalOf({ file: { apiKey: ["one-key,another-key"] } })).toContain('"apiKey" in /home/u/');
    expect(refusalOf({ flags: { "api-key-file": ["/keys"] }, files: { "/keys": "one-key,another-key" } })).toContain(
      "line 1",
    );
  });
});

describe("a key file", () => {
  const flags = { "api-key-file": ["/keys"] };

  test("that is missing is an error naming the setting and the path", () => {
    expect(refusalOf({ flags })).toBe("--api-key-file: cannot read /keys: there is no such file.");
    expect(refusalOf({ env: { CLAUDE_MAX_API_KEY_FILE: "/keys" } })).toStartWith(
      "CLAUDE_MAX_API_KEY_FILE: cannot read /keys",
    );
    expect(refusalOf({ file: { apiKeyFile: "/keys" } })).toStartWith('"apiKeyFile" in /home/u/.config');
  });

  test.each(["", "\n \n", "# only a comment\n"])("without a key is an error: %p", (content) => {
    expect(refusalOf({ flags, files: { "/keys": content } })).toBe(
      "--api-key-file: /keys holds no key. Write one key per line.",
    );
  });

  test("with a bad line is an error that names the line and does not show it", () => {
    const message = refusalOf({ flags, files: { "/keys": "# keys\ngood-key-1\nsecret\n" } });
    expect(message).toStartWith("--api-key-file: line 3 of /keys must be a key of at least 8 characters");
    expect(message).not.toContain("secret");
  });

  test("names those keys that stand behind a name and a blank; others are as they were", () => {
    const { apiKeys, apiKeyNames } = configOf({
      flags,
      files: { "/keys": "laptop: key-of-laptop\nplain-key-1\nx:plain-key-2\n" },
    });
    expect(apiKeys).toEqual(["key-of-laptop", "plain-key-1", "x:plain-key-2"]);
    expect([...apiKeyNames]).toEqual([["key-of-laptop", "laptop"]]);
  });

  test.each([
    ["a key of two names", "a: one-good-key\nb: one-good-key"],
    ["a bad key behind a name", "# keys\na: secret"],
    ["a name that is none", "a b: one-good-key"],
  ])("with %s is an error that does not show it", (_, content) => {
    const message = refusalOf({ flags, files: { "/keys": content } });
    expect(message).toMatch(/^--api-key-file: line [12] of \/keys /);
    expect(message).not.toMatch(/secret|one-good/);
  });

  test("saved by a Windows editor is read like any other", () => {
    expect(configOf({ flags, files: { "/keys": "\uFEFFgood-key-1\r\ngood-key-2\r\n" } }).apiKeys).toEqual([
      "good-key-1",
      "good-key-2",
    ]);
  });
});
