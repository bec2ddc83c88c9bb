import { describe, expect, test } from "bun:test";
import { atOnce } from "../../../src/core/pace.ts";
import { findJsonFault } from "../../../src/server/body/json-fault.ts";

describe("the place and the reason where a text stops being JSON", () => {
  const cases: [text: string, line: number, column: number, problem: RegExp][] = [
    ["", 1, 1, /ends where a value/],
    ["nul", 1, 1, /^a value was expected/],
    ["01", 1, 2, /more text after/],
    ["-", 1, 1, /^a value/],
    ["1.", 1, 2, /more text/],
    ["[1,2", 1, 5, /a comma or ']' was expected/],
    ["[1 2]", 1, 4, /^a comma or ']'/],
    ["[1,]", 1, 4, /']' came where a value was expected/],
    ["[1}", 1, 3, /'}' came where a comma or ']'/],
    ['{"a" 1}', 1, 6, /^a colon was expected/],
    ['{"a":}', 1, 6, /'}' came where a value/],
    ['{"a":1 "b":2}', 1, 8, /^a comma or '}'/],
    ["{a:1}", 1, 2, /^a name in double quotes/],
    ["{,}", 1, 2, /^a name in double quotes/],
    ['"\\x"', 1, 1, /unknown escape/],
    ['"\\u12g4"', 1, 1, /unknown escape/],
    ['["a\nb"]', 1, 2, /unescaped line break/],
    ["[1, // one\n2]", 1, 5, /no comments/],
    ["{\n  'a': 1}", 2, 3, /double quotes/],
  ];
  for (const [text, line, column, problem] of cases) {
    test(JSON.stringify(text), () => {
      expect(atOnce(findJsonFault(text))).toEqual({ line, column, problem: expect.stringMatching(problem) });
    });
  }
});

test("valid JSON has no fault, however large or deep", () => {
  const texts = [
    ' {"a":[1,-2.5e+3,true,false,null,"x\\n\\u00e9\\"",{}],"":[]} ',
    "[".repeat(200_000) + "]".repeat(200_000),
    JSON.stringify("x".repeat(5_000_000)),
    '"\u2028"',
  ];
  for (const text of texts) {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(atOnce(findJsonFault(text))).toBeUndefined();
  }
});

test("it agrees with JSON.parse on every cut and every changed character of a text", () => {
  const text = '{"a":[1,-2.5e3,true,null,"x\\n\\u00e9"],"b":{"c":{}}}';
  for (let at = 0; at < text.length; at++) {
    for (const broken of [
      text.slice(0, at),
      ...'"{}[],:0x '.split("").map((c) => text.slice(0, at) + c + text.slice(at + 1)),
    ]) {
      let valid = true;
      try {
        JSON.parse(broken);
      } catch {
        valid = false;
      }
      expect(`${broken} ${atOnce(findJsonFault(broken)) === undefined}`).toBe(`${broken} ${valid}`);
    }
  }
});
