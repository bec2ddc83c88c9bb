import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ArgumentKeys, ArgumentNames } from "../../../src/claude/tools/argument-names.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../src/core/json.ts";

const API_NAME = /^[a-zA-Z0-9_.-]{1,64}$/;
const ofNames = (...names: string[]) =>
  ArgumentNames.of({ type: "object", properties: Object.fromEntries(names.map((name) => [name, {}])) });
const namesOf = (schema: JsonObject | undefined) =>
  Object.keys(isJsonObject(schema?.properties) ? schema.properties : {});

describe("the name of an argument", () => {
  test("that the API takes stays, and so do all then", () => {
    expect(ofNames("a", "A-1", "a.b", "_", "x".repeat(64), "constructor")).toBeUndefined();
    expect(ArgumentNames.of({ type: "object" })).toBeUndefined();
  });

  test.each([
    ["$top", "top"],
    ["filter[id]", "filter_id"],
    ["@odata.type", "odata.type"],
    ["größe", "grosse"],
    ["日本", "argument"],
    ["", "argument"],
    ["a b", "a_b"],
    ["__proto__", "proto"],
    ["x".repeat(65), "x".repeat(60)],
  ])("that it does not take , or the CLI loses, becomes one that can be read: %j", (name, apiName) => {
    expect(namesOf(ofNames("a", name)?.schema)).toEqual(["a", apiName]);
  });

  test("stays different from all others", () => {
    expect(namesOf(ofNames("$top", "top", "top$", "@top")?.schema)).toEqual(["top_2", "top", "top_3", "top_4"]);
  });

  test("stays different and short enough, however many read alike", () => {
    const alike = Array.from(
      { length: 20_000 },
      (_, index) => `${"a".repeat(60)}${String.fromCodePoint(0x4e00 + index)}`,
    );
    const names = namesOf(ofNames(...alike)?.schema);
    expect(new Set(names).size).toBe(alike.length);
    expect(names.filter((name) => !API_NAME.test(name))).toEqual([]);
  });

  test("deeper down stays, since the API takes any there; also in arguments and in data of that name", () => {
    const nested = { type: "object", properties: { $top: {} }, required: ["$top"] };
    const names = ArgumentNames.of({ properties: { $top: {}, nested } });
    expect(names?.schema).toEqual({ properties: { top: {}, nested } });
    expect(names?.toApi({ $top: 1, nested: { $top: 2 } })).toEqual({ top: 1, nested: { $top: 2 } });
  });

  test("is the same wherever the schema speaks of the arguments", () => {
    const schema: JsonObject = {
      properties: { $a: {}, b: {}, copy: { $ref: "#/properties/$a" } },
      required: ["$a", "b"],
      dependentRequired: { $a: ["b"], b: ["$a"] },
      dependentSchemas: { $a: { required: ["$c"] } },
      if: { properties: { $a: { const: 1 } } },
      else: { $ref: "#/$defs/more" },
      $defs: { more: { properties: { $c: {} }, required: ["$c"] }, other: { properties: { $a: {} } } },
      examples: [{ $a: 1 }],
      default: { $a: 2 },
    };
    expect(ArgumentNames.of(schema)?.schema).toEqual({
      properties: { a: {}, b: {}, copy: { $ref: "#/properties/a" } },
      required: ["a", "b"],
      dependentRequired: { a: ["b"], b: ["a"] },
      dependentSchemas: { a: { required: ["c"] } },
      if: { properties: { a: { const: 1 } } },
      else: { $ref: "#/$defs/more" },
      $defs: { more: { properties: { c: {} }, required: ["c"] }, other: { properties: { $a: {} } } },
      examples: [{ a: 1 }],
      default: { a: 2 },
    });
  });

  test.each<[string, JsonObject]>([
    ["the whole", { $ref: "#" }],
    ["a part that is also said of the whole", { $ref: "#/$defs/tree" }],
  ])("is so at any depth where a part is what the whole is: %s", (_, kid) => {
    const tree = { properties: { $id: {}, kids: { type: "array", items: kid } } };
    const root: JsonObject = kid.$ref === "#" ? tree : { else: { $ref: "#/$defs/tree" }, $defs: { tree } };
    const names = ArgumentNames.of(root);
    expect(names?.toApi({ $id: 1, kids: [{ $id: 2 }] })).toEqual({ id: 1, kids: [{ id: 2 }] });
    expect(names?.reader().push('{"id":1,"kids":[{"id":2}]}')).toBe('{"$id":1,"kids":[{"$id":2}]}');
  });

  test("whatever it is, becomes one that the API takes, of its own, and leads back", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: "grapheme", maxLength: 70 }), { maxLength: 6 }), (all) => {
        const names = ofNames(...all);
        const args = Object.fromEntries(all.map((name, index) => [name, index]));
        const apiArgs = names?.toApi(args) ?? args;
        for (const name of Object.keys(apiArgs)) expect(name).toMatch(API_NAME);
        expect(Object.keys(apiArgs)).toHaveLength(all.length);
        const json = JSON.stringify(apiArgs);
        const reader = names?.reader();
        expect(JSON.parse(reader ? reader.push(json) + reader.end() : json)).toEqual(args);
      }),
    );
  });
});

describe("arguments that stream by", () => {
  const NAMES = new Map([
    ["a", "$a"],
    ['"', "quote"],
    ["", "ä"],
  ]);
  const renamed = (value: JsonObject) =>
    Object.fromEntries(Object.entries(value).map(([key, member]) => [NAMES.get(key) ?? key, member]));
  const anyValue = fc.jsonValue({ maxDepth: 3 }).map((value) => value as Json);
  const anyKey = fc.oneof(fc.constantFrom("a", '"', "", "b", "\\"), fc.string());

  test("have their keys renamed and are else as the model wrote them, however they are cut", () => {
    fc.assert(
      fc.property(
        fc.dictionary(anyKey, anyValue),
        fc.boolean(),
        fc.infiniteStream(fc.nat({ max: 5 })),
        (value, spaced, sizes) => {
          const json = JSON.stringify(value, null, spaced ? 1 : undefined);
          const reader = new ArgumentKeys(NAMES, false);
          let [read, rest] = ["", json];
          for (const size of sizes) {
            if (rest === "") break;
            read += reader.push(rest.slice(0, size));
            rest = rest.slice(size);
          }
          expect(read + reader.end()).toBe(JSON.stringify(renamed(value), null, spaced ? 1 : undefined));
        },
      ),
    );
  });

  test("pass on as they come, but for the key that is being written", () => {
    const reader = new ArgumentKeys(NAMES, false);
    expect(['{"', "a", '"', ':"a', '",', '"b"', ": 1", "}"].map((piece) => reader.push(piece))).toEqual([
      "{",
      "",
      '"$a"',
      ':"a',
      '",',
      '"b"',
      ": 1",
      "}",
    ]);
  });

  test.each(['{"a', '{"a": "b', '{"a\\', "[1", '"a"', 'no "a" JSON', ""])(
    "are told as far as they came: %s",
    (json) => {
      const reader = new ArgumentKeys(NAMES, false);
      expect(reader.push(json) + reader.end()).toBe(json.replace('{"a":', '{"$a":'));
    },
  );
});
