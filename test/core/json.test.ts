import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { canonicalJson, isJsonObject, parseJsonObject } from "../../src/core/json.ts";

describe("a JSON text stands for", () => {
  test.each<[string, object]>([
    ["{}", {}],
    [' {"a": [1, null, {"b": "c"}]}\n', { a: [1, null, { b: "c" }] }],
    ['{"a":1,"a":2}', { a: 2 }],
  ])("the object %j", (text, value) => {
    expect(parseJsonObject(text)).toEqual(value as ReturnType<typeof parseJsonObject>);
  });

  test.each(["", " ", "{", '{"a":1', "{a:1}", "{'a':1}", '{"a":1}x', "[]", "[{}]", "null", "7", "true", '"{}"'])(
    "no object: %j",
    (text) => {
      expect(parseJsonObject(text)).toBeUndefined();
    },
  );

  test("an object with a key __proto__, which changes nothing else", () => {
    const value = parseJsonObject('{"__proto__":{"polluted":true},"a":1}');
    expect(Object.keys(value ?? {})).toEqual(["__proto__", "a"]);
    expect(value?.polluted).toBeUndefined();
    expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":true},"a":1}');
  });
});

test.each<[unknown, boolean]>([
  [{}, true],
  [Object.create(null), true],
  [[], false],
  [null, false],
  [undefined, false],
  ["{}", false],
])("%p is an object: %p", (value, isObject) => {
  expect(isJsonObject(value)).toBe(isObject);
});

describe("the canonical text", () => {
  const canonical = (text: string) => canonicalJson(JSON.parse(text));

  test.each<[string, string, string]>([
    [
      "has its keys in order, at every depth",
      '{"b":{"d":1,"c":2},"a":[{"z":1,"y":2}]}',
      '{"a":[{"y":2,"z":1}],"b":{"c":2,"d":1}}',
    ],
    ["has no white space", '{ "a" : [ 1 , 2 ] }', '{"a":[1,2]}'],
    ["keeps the order of lists", "[3,1,2]", "[3,1,2]"],
    ["writes a number in one way", "[1.0,1e2,-0]", "[1,100,0]"],
    ["writes a letter in one way", '"\\u0041\\/"', '"A/"'],
    ["keeps a key __proto__", '{"b":1,"__proto__":{"d":1,"c":2}}', '{"__proto__":{"c":2,"d":1},"b":1}'],
    ["of a plain value is that value", "null", "null"],
  ])("%s", (_, text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  test.each<[string, string]>([
    ['{"a":1}', '{"a":"1"}'],
    ['{"a":null}', "{}"],
    ["[]", "{}"],
    ['{"__proto__":{}}', "{}"],
    ['{"a":{"b":1}}', '{"a":1,"b":1}'],
    ['"é"', '"e\u0301"'],
  ])("tells %s from %s", (one, other) => {
    expect(canonical(one)).not.toBe(canonical(other));
  });

  test("leaves out what is undefined: that is how a field is absent", () => {
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
  });

  /** The same value with the keys of all its objects in another order. */
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, member]) => [key, reversed(member)]),
    );
  };

  test("is the same for any order of the keys, and means the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("is the same only for the same values", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const isSame = Bun.deepEquals(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)), true);
        expect(canonicalJson(one) === canonicalJson(other)).toBe(isSame);
      }),
    );
  });
});
