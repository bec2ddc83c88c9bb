import { describe, expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { ALL_OPTIONS } from "../../src/config/options.ts";
import { configOf, HOME, refusalOf, USUAL_FILE } from "./load-with.ts";

describe("the configuration file", () => {
  test("in its usual place may be missing", () => {
    expect(configOf({}).port).toBe(3456);
  });

  test("in its usual place must be readable when it is there", () => {
    const readFile = () => {
      throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    };
    expect(() => loadConfig({ flags: {}, env: {}, home: HOME, platform: "linux", readFile })).toThrow(
      `the configuration file: cannot read ${USUAL_FILE}: permission denied.`,
    );
  });

  test("named by --config is read instead of the usual one", () => {
    const files = { "/mine.json": '{"warm": 2}' };
    expect(configOf({ flags: { config: ["/mine.json"] }, file: { port: 1 }, files })).toMatchObject({
      port: 3456,
      warm: 2,
    });
  });

  test("named by CLAUDE_MAX_API_CONFIG is read too, unless --config names another", () => {
    const env = { CLAUDE_MAX_API_CONFIG: "/env.json" };
    const files = { "/env.json": '{"port": 1}', "/flag.json": '{"port": 2}' };
    expect(configOf({ env, files }).port).toBe(1);
    expect(configOf({ env, flags: { config: ["/flag.json"] }, files }).port).toBe(2);
  });

  test("that is named must exist", () => {
    expect(refusalOf({ flags: { config: ["/no.json"] } })).toBe(
      "--config: cannot read /no.json: there is no such file.",
    );
    expect(refusalOf({ env: { CLAUDE_MAX_API_CONFIG: "/no.json" } })).toStartWith("CLAUDE_MAX_API_CONFIG: cannot read");
  });

  test.each(["", "{", '{"port": 1,}', "// comment"])("that is not JSON is refused by name: %p", (file) => {
    expect(refusalOf({ file })).toStartWith(`${USUAL_FILE} is not valid JSON: `);
  });

  test.each([[[]], [null], [3], ["[1]"]])("that holds no object is refused: %j", (file) => {
    expect(refusalOf({ file: typeof file === "string" ? file : JSON.stringify(file) })).toBe(
      `${USUAL_FILE} must hold one JSON object of settings, such as {"port": 3456}.`,
    );
  });

  test("with an unknown key is refused: the message names file and key, the nearest key and all keys", () => {
    const message = refusalOf({ file: { maxConcurency: 3 } });
    expect(message).toStartWith(`unknown setting "maxConcurency" in ${USUAL_FILE}. Did you mean maxConcurrency?`);
    for (const { key } of ALL_OPTIONS.filter(({ inFile }) => inFile)) expect(message).toContain(key);
  });

  test.each(["config", "help", "version", "__proto__", "log-level"])("has no key %p", (key) => {
    expect(refusalOf({ file: `{${JSON.stringify(key)}: "x"}` })).toStartWith(`unknown setting "${key}"`);
  });

  test("is checked also where a flag wins over it", () => {
    expect(refusalOf({ flags: { port: ["1"] }, file: { port: "x" } })).toStartWith(`"port" in ${USUAL_FILE}`);
  });

  test("saved by a Windows editor with a byte order mark is read", () => {
    expect(configOf({ file: '\uFEFF{"port": 5}' }).port).toBe(5);
  });
});
