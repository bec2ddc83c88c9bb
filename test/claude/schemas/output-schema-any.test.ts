import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { adaptOutputSchema } from "../../../src/claude/schemas/output-schema.ts";
import { ApiError } from "../../../src/core/error.ts";
import type { Json } from "../../../src/core/json.ts";

const STRING = { type: "string" };

const { data } = fc.letrec<{ data: Json }>((tie) => ({
  data: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<Json>(null, true, 1.5, "a", { $ref: "#" }),
    fc.array(tie("data"), { maxLength: 2 }),
    fc.dictionary(fc.string(), tie("data"), { maxKeys: 2 }),
  ),
}));

const present = (fields: Partial<Record<string, Json>>): Json =>
  Object.fromEntries(Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));

/** Schemas, deep in one another, of what the CLI compiles as it is. */
const supported = fc.letrec<{ schema: Json }>((tie) => {
  const inner = tie("schema");
  const map = (names: fc.Arbitrary<string>) => fc.dictionary(names, inner, { maxKeys: 2 });
  const list = fc.array(inner, { minLength: 1, maxLength: 2 });
  const count = fc.nat(9);
  const keywords: Record<string, fc.Arbitrary<Json>> = {
    title: fc.string(),
    default: data,
    format: fc.constantFrom("date", "unknown"),
    type: fc.constantFrom("string", "integer", ["array", "null"]),
    enum: fc.uniqueArray(fc.constantFrom("a", 1, null, "b"), { minLength: 1 }),
    const: data,
    pattern: fc.constantFrom("^a", "[\\w.-]+@\\p{L}"),
    multipleOf: fc.constantFrom(0.01, 5),
    exclusiveMinimum: fc.integer(),
    maxLength: count,
    items: inner,
    contains: inner,
    uniqueItems: fc.boolean(),
    // Names that no pattern matches, some of which are keywords.
    properties: map(fc.constantFrom("a", "type", "$ref", "enum", "x-y")),
    patternProperties: map(fc.constantFrom("^b", "^\\d+$")),
    additionalProperties: inner,
    propertyNames: inner,
    required: fc.uniqueArray(fc.string(), { maxLength: 2 }),
    dependencies: fc.dictionary(fc.string(), fc.oneof(inner, fc.constant(["a"])), { maxKeys: 1 }),
    not: inner,
    allOf: list,
    anyOf: list,
    oneOf: list,
    $defs: map(fc.string()),
  };
  const condition = fc.tuple(inner, inner, inner).map(([test, then, other]): Json => ({ if: test, then, else: other }));
  return {
    schema: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.boolean(),
      fc.constantFrom<Json>({ $ref: "#/$defs/leaf" }, { $ref: "#/$defs/list", description: "d" }),
      fc.record(keywords, { requiredKeys: [] }).map(present),
      condition,
    ),
  };
}).schema;

const supportedRoot = fc
  .dictionary(fc.stringMatching(/^[a-z_.-]{1,9}$/), supported, { maxKeys: 3 })
  .map((properties) => ({
    type: "object",
    properties,
    $defs: { leaf: STRING, list: { type: "array", items: { $ref: "#/$defs/list" } } },
  }));

describe("any schema", () => {
  test("stays as it is when the CLI compiles it", () => {
    fc.assert(fc.property(supportedRoot, (schema) => expect(adaptOutputSchema(schema)).toEqual(schema)));
  });

  test("is refused, or adapted once and for all, without a change to what was given", () => {
    const keywords = ["$ref", "$id", "type", "enum", "properties", "items", "prefixItems", "anyOf", "nullable", "x-a"];
    const more = ["dependentSchemas", "unevaluatedProperties", "patternProperties", "pattern", "if", "then", "$defs"];
    const key = fc.constantFrom(...keywords, ...more);
    const leaf = fc.constantFrom<Json>("#", "#/$defs/type", "string", "object", "\\-", true, false, null, 1, {});
    const { json } = fc.letrec<{ json: Json }>((tie) => ({
      json: fc.oneof(
        { depthSize: "medium" },
        leaf,
        fc.array(tie("json"), { maxLength: 3 }),
        fc.dictionary(key, tie("json"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, json, { maxKeys: 4 }), (schema) => {
        const before = JSON.stringify(schema);
        try {
          const adapted = adaptOutputSchema(schema);
          expect(adaptOutputSchema(adapted)).toEqual(adapted);
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
        expect(JSON.stringify(schema)).toBe(before);
      }),
      { numRuns: 150 },
    );
  });
});
