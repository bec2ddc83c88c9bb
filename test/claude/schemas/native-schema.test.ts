import { describe, expect, test } from "bun:test";
import Ajv from "ajv";
import fc from "fast-check";
import { nativeSchema } from "../../../src/claude/schemas/native-schema.ts";
import { adaptOutputSchema } from "../../../src/claude/schemas/output-schema.ts";
import { ApiError } from "../../../src/core/error.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import { verdict } from "../../simulator/judge/verdict.ts";

const STRING = { type: "string" };
const NULL = { type: "null" };

/** A closed object, whose properties are all required. */
const object = (properties: JsonObject, extra: JsonObject = {}): JsonObject => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...extra,
});
const holding = (a: Json, extra: JsonObject = {}) => object({ a }, extra);
const optional = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, STRING]));

/** Undefined when there is none. */
function obstacleTo(schema: JsonObject): string | undefined {
  const native = nativeSchema(schema);
  return "schema" in native ? undefined : native.obstacle;
}

describe("the API is given, as it is, a schema with", () => {
  test.each<[string, JsonObject]>([
    ["nothing", object({})],
    [
      "every type",
      object({ a: STRING, b: { type: "number" }, c: { type: "integer" }, d: { type: "boolean" }, e: NULL }),
    ],
    ["what readers are told", holding({ ...STRING, title: "T", description: "D", default: "x" }, { description: "d" })],
    ["optional properties", object(optional(24), { required: [] })],
    ["objects in objects and lists", holding({ type: "array", items: holding(holding(STRING)) })],
    ["a list that may be empty", holding({ type: "array", items: STRING, minItems: 0 })],
    ["a list that may not", holding({ type: "array", items: STRING, minItems: 1 })],
    ["values to choose from", holding({ ...STRING, enum: ["a", "b_c", "Ünd 1"] })],
    ["numbers to choose from", object({ a: { type: "integer", enum: [1, 2] }, b: { type: "number", const: 0.5 } })],
    ["a value that may be null, as a type", holding({ type: ["string", "null"], description: "D" })],
    ["a value that may be null, as a branch", holding({ anyOf: [{ ...STRING, enum: ["a"] }, NULL], title: "T" })],
    ["several kinds of objects", holding({ anyOf: [object({ k: { ...STRING, const: "x" } }), object({ n: STRING })] })],
    ["one schema that holds in all", holding({ allOf: [STRING], description: "D" })],
    [
      "definitions that others use",
      holding({ $ref: "#/$defs/A" }, { $defs: { A: holding({ $ref: "#/$defs/B" }), B: STRING } }),
    ],
    ["definitions of older drafts", holding({ $ref: "#/definitions/A~1b" }, { definitions: { "A/b": STRING } })],
    [
      "the same definition twice",
      object({ a: { $ref: "#/$defs/A" }, b: { $ref: "#/$defs/A" } }, { $defs: { A: STRING } }),
    ],
    [
      "names of properties that are words of schemas",
      object({ $ref: STRING, type: STRING, enum: STRING, minimum: STRING }),
    ],
    ...["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"].map(
      (format): [string, JsonObject] => [`the format ${format}`, holding({ ...STRING, format })],
    ),
    ...["^[a-z]+$", "\\d{3}-\\d{2,4}", "^(?:ab|c\\.d)*x$", "[^\\s/]+@[\\w.-]+", "^.{1,64}$"].map(
      (pattern): [string, JsonObject] => [`the pattern ${pattern}`, holding({ ...STRING, pattern })],
    ),
  ])("%s", (_, schema) => {
    expect(nativeSchema(schema)).toEqual({ schema, within: "any" });
    expect(verdict({ output_config: { format: { type: "json_schema", schema } } })).toBeUndefined();
  });
});

describe("what says nothing is left out:", () => {
  test("words of drafts and of other programs", () => {
    const noise = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $comment: "c",
      "x-order": 1,
      example: "e",
    };
    const inner = holding({ ...STRING, ...noise });
    expect(nativeSchema({ ...inner, ...noise })).toEqual({ schema: holding(STRING), within: "any" });
  });

  test("the bounds of what is read exactly, which are looked at afterwards", () => {
    const safe = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
    const schema = holding({ type: "array", items: { type: "integer", ...safe } });
    const bare = holding({ type: "array", items: { type: "integer" } });
    expect(nativeSchema(schema)).toEqual({ schema: bare, within: "safe-integers" });
    expect(obstacleTo(holding({ type: "number", ...safe }))).toBe("`minimum`");
  });
});

describe("the CLI's tool is given a schema with", () => {
  const tooMany = Object.fromEntries(Object.keys(optional(17)).map((name) => [name, { type: ["string", "null"] }]));
  test.each<[string, JsonObject, string]>([
    ["no type at its root", { anyOf: [holding(STRING)] }, "a root that is not of type `object`"],
    ["another type at its root", { type: "array", items: STRING }, "a root that is not of type `object`"],
    ["an open object", { type: "object" }, "an open object"],
    ["an open object within", holding({ type: "object", properties: {} }), "an open object"],
    ["a map", holding({ type: "object", additionalProperties: STRING }), "an open object"],
    ["a name that is required and no property", object({}, { required: ["b"] }), "`required` of what is no property"],
    ...Object.entries<JsonObject>({
      minimum: { type: "integer", minimum: 1 },
      multipleOf: { type: "number", multipleOf: 0.5 },
      exclusiveMaximum: { type: "number", exclusiveMaximum: 2 },
      minLength: { ...STRING, minLength: 1 },
      maxLength: { ...STRING, maxLength: 9 },
      maxItems: { type: "array", items: STRING, maxItems: 3 },
      uniqueItems: { type: "array", items: STRING, uniqueItems: true },
      contains: { type: "array", items: STRING, contains: { const: "x" } },
      patternProperties: { ...object({}), patternProperties: { "^a": STRING } },
      minProperties: { ...object({}), minProperties: 0 },
      nullable: { ...STRING, nullable: true },
      examples: { ...STRING, examples: ["x"] },
      format: { ...STRING, format: "phone" },
    }).map(([key, a]): [string, JsonObject, string] => [
      key,
      holding(a),
      key === "format" ? "a value of `format`" : `\`${key}\``,
    ]),
    ["minItems of more than 1", holding({ type: "array", items: STRING, minItems: 2 }), "`minItems` above 1"],
    ["a list of anything", holding({ type: "array" }), "a list without `items`"],
    ["a value of any type", holding({ description: "D" }), "a schema without a type"],
    ["a schema that is true", holding(true), "a schema that is no object"],
    ["oneOf", holding({ oneOf: [STRING, NULL] }), "a schema without a type"],
    ["anyOf beside a type", holding({ ...STRING, anyOf: [{ minLength: 1 }] }), "keywords beside branches"],
    ["several schemas that hold at once", holding({ allOf: [STRING, STRING] }), "several schemas in `allOf`"],
    [
      "allOf of a reference",
      holding({ allOf: [{ $ref: "#/$defs/A" }] }, { $defs: { A: STRING } }),
      "several schemas in `allOf`",
    ],
    [
      "a reference with a description",
      holding({ $ref: "#/$defs/A", description: "D" }, { $defs: { A: STRING } }),
      "more than a `$ref` to a definition",
    ],
    [
      "a reference to a property",
      object({ a: STRING, b: { $ref: "#/properties/a" } }),
      "more than a `$ref` to a definition",
    ],
    ["a reference to itself", holding({ $ref: "#" }), "more than a `$ref` to a definition"],
    [
      "recursion",
      holding({ $ref: "#/$defs/N" }, { $defs: { N: holding({ type: "array", items: { $ref: "#/$defs/N" } }) } }),
      "recursion",
    ],
    [
      "recursion by another",
      holding(STRING, { $defs: { A: holding({ $ref: "#/$defs/B" }), B: holding({ $ref: "#/$defs/A" }) } }),
      "recursion",
    ],
    ["something in a definition", holding(STRING, { $defs: { A: { ...STRING, minLength: 1 } } }), "`minLength`"],
    ["types of which one is an object", holding({ type: ["object", "null"] }), "several types with more than scalars"],
    [
      "values to choose from beside several types",
      holding({ type: ["string", "null"], enum: ["a", null] }),
      "several types with more than scalars",
    ],
    ["values of another type to choose from", holding({ ...STRING, enum: ["a", null] }), "a value of `enum`"],
    ["objects to choose from", holding({ ...object({}), enum: [{}] }), "`enum`"],
    ["words whose capitals may be lost", holding({ ...STRING, enum: ["New York"] }), "a value of `enum`"],
    ["words that only differ in capitals", holding({ ...STRING, enum: ["a", "A"] }), "a value of `enum`"],
    ["a fixed text whose capitals may be lost", holding({ ...STRING, const: "a\nB" }), "a value of `const`"],
    ["two limits of a text", holding({ ...STRING, format: "uuid", pattern: "^a" }), "`format` beside `pattern`"],
    [
      "more optional properties than the API takes",
      object(optional(25), { required: [] }),
      "over 24 optional properties",
    ],
    ["more alternatives than the API takes", object(tooMany), "over 16 alternatives"],
    ...[
      "(?=a)",
      "(?!a)",
      "(?<=a)b",
      "(?<n>a)",
      "(a)\\1",
      "\\bword",
      "\\p{L}",
      "a{1,65}",
      "a+?",
      "a++",
      "[a",
      "\\D",
      "\\u0041",
      "[^]",
      // Were there two ways to read each class, this would not end.
      `${"[^a]".repeat(50)}\\b`,
    ].map((pattern): [string, JsonObject, string] => [
      `the pattern ${pattern}`,
      holding({ ...STRING, pattern }),
      "a value of `pattern`",
    ]),
  ])("%s", (_, schema, obstacle) => {
    expect(obstacleTo(schema)).toBe(obstacle);
  });
});

describe("any schema", () => {
  const keys = [
    "$ref",
    "$defs",
    "type",
    "enum",
    "const",
    "properties",
    "items",
    "anyOf",
    "allOf",
    "required",
    "pattern",
  ];
  const more = ["additionalProperties", "minItems", "format", "description", "minimum", "__proto__", "definitions"];
  const leaf = fc.constantFrom<Json>("#/$defs/type", "string", "object", "array", "date", "a", false, null, 1, 0, {});
  const { json } = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { depthSize: "medium" },
      leaf,
      fc.array(tie("json"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys, ...more), tie("json"), { maxKeys: 4 }),
    ),
  }));
  const { closed } = fc.letrec<{ closed: JsonObject }>((tie) => ({
    closed: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom<JsonObject>(
        STRING,
        NULL,
        { type: "integer" },
        { ...STRING, format: "date" },
        { $ref: "#/$defs/D" },
      ),
      fc.dictionary(fc.constantFrom("a", "b", "type", "$ref"), tie("closed"), { maxKeys: 3 }).map((map) => object(map)),
      tie("closed").map((items) => ({ type: "array", items })),
      fc.array(tie("closed"), { minLength: 1, maxLength: 2 }).map((anyOf) => ({ anyOf })),
    ),
  }));

  test("is judged without a change to what was given, whatever it is", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys, ...more), json, { maxKeys: 5 }), (schema) => {
        const before = JSON.stringify(schema);
        nativeSchema({ ...schema, type: "object" });
        expect(JSON.stringify(schema)).toBe(before);
      }),
      { numRuns: 100 },
    );
  });

  test("that the API takes, the CLI's tool would take as well: a refusal of the API's can be made good", () => {
    const ajv = new Ajv({ strict: true, validateFormats: false });
    fc.assert(
      fc.property(closed, (a) => {
        const schema = holding(a, { $defs: { D: holding(STRING) } });
        const native = nativeSchema(schema);
        if (!("schema" in native)) return;
        expect(native.schema).toEqual(schema);
        expect(verdict({ output_config: { format: { type: "json_schema", schema } } })).toBeUndefined();
        expect(() => adaptOutputSchema(schema)).not.toThrow(ApiError);
        expect(() => ajv.compile(adaptOutputSchema(schema))).not.toThrow();
      }),
    );
  });
});
