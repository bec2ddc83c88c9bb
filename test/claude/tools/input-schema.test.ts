import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { mendInputSchema } from "../../../src/claude/tools/input-schema.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";

/** The schema of one argument, within that of a function. */
const mend = (argument: Json, root: JsonObject = {}) => mendInputSchema(within(argument, root));
const within = (argument: Json, root: JsonObject = {}) => ({ type: "object", properties: { a: argument }, ...root });

describe("a keyword that is null is not set", () => {
  test("at the root", () => {
    const unset = { properties: null, required: null, description: null, title: null, additionalProperties: null };
    expect(mendInputSchema({ type: "object", ...unset, $schema: null, $defs: null, anyOf: null })).toEqual({
      type: "object",
    });
  });

  test.each<[string, Json, Json]>([
    ["in an argument", { type: "string", enum: null, format: null, minLength: null }, { type: "string" }],
    [
      "in what is in it",
      { items: { type: null, properties: { b: { items: null } } } },
      { items: { properties: { b: {} } } },
    ],
    [
      "in one of several",
      { anyOf: [{ type: "string", pattern: null }, { type: "null" }] },
      { anyOf: [{ type: "string" }, { type: "null" }] },
    ],
  ])("%s", (_, argument, expected) => {
    expect(mend(argument)).toEqual(within(expected));
  });

  test("whatever draft the schema declares", () => {
    const root = { $schema: "http://json-schema.org/draft-07/schema#" };
    expect(mend({ type: "string", enum: null }, root)).toEqual(within({ type: "string" }, root));
  });
});

describe("a word of an older draft becomes the one there is today:", () => {
  test.each<[string, Json, Json]>([
    ["the type any", { type: "any", title: "A" }, { title: "A" }],
    ["a bound that is exclusive", { minimum: 0, exclusiveMinimum: true }, { exclusiveMinimum: 0 }],
    ["a bound that is not", { maximum: 9, exclusiveMaximum: false }, { maximum: 9 }],
    ["a tuple", { items: [{ type: "string" }, { type: "any" }] }, { prefixItems: [{ type: "string" }, {}] }],
    ["a tuple and the rest", { items: [{}], additionalItems: false }, { prefixItems: [{}], items: false }],
    ["an empty tuple", { items: [] }, {}],
    ["names said twice", { required: ["b", "c", "b"] }, { required: ["b", "c"] }],
  ])("%s", (_, argument, expected) => {
    expect(mend(argument)).toEqual(within(expected));
    const root = { $schema: "https://json-schema.org/draft/2020-12/schema" };
    expect(mend(argument, root)).toEqual(within(expected, root));
  });

  test("not where the schema declares an older draft: it is taken by that", () => {
    const schema = within(
      { items: [{}], exclusiveMinimum: true, minimum: 0 },
      { $schema: "http://json-schema.org/draft-04/schema#" },
    );
    expect(mendInputSchema(schema)).toEqual(schema);
  });
});

describe("untouched is", () => {
  test.each<[string, Json]>([
    ["null where it is a value", { const: null, default: null, enum: [null, 1] }],
    ["null among what no keyword says", { nullable: null, example: null, "x-vendor": { type: null, items: [] } }],
    [
      "null within a value",
      { default: { type: null, required: null }, examples: [{ enum: null }], const: { items: [] } },
    ],
    [
      "an argument with the name of a keyword",
      { properties: { type: { type: "string" }, enum: {}, required: {}, items: {} } },
    ],
    ["an argument that is null: nobody knows what it is", { properties: { b: null } }],
    ["a type of another language", { type: "str" }],
    ["a text where a schema belongs", { additionalProperties: "false" }],
    ["a bound that is exclusive of nothing", { exclusiveMinimum: true }],
    ["a tuple in both forms", { items: [{}], prefixItems: [{}] }],
    ["true and false", { anyOf: [true, false], additionalProperties: false }],
    [
      "what is valid",
      {
        type: ["object", "null"],
        properties: { b: { prefixItems: [{}], items: false, exclusiveMinimum: 1, minimum: 0 } },
        patternProperties: { "^x": { $ref: "#/$defs/c" } },
        dependentRequired: { b: ["c"] },
        dependencies: { b: ["c"], c: { type: "object" } },
        if: {},
        not: { required: ["b", "c"] },
      },
    ],
  ])("%s", (_, argument) => {
    expect(JSON.stringify(mend(argument))).toBe(JSON.stringify(within(argument)));
  });

  test("any schema that has been mended", () => {
    // Two lists, of which only one can be a tuple.
    expect(mend({ items: [], additionalItems: [] })).toEqual(within({ items: [], additionalItems: [] }));
    const anyValue = fc.jsonValue({ maxDepth: 2 });
    const key = fc.constantFrom(
      "type",
      "items",
      "additionalItems",
      "required",
      "enum",
      "minimum",
      "exclusiveMinimum",
      "properties",
      "__proto__",
    );
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(anyValue, fc.constantFrom("any", true, null))), (argument) => {
        const mended = mend(argument as JsonObject);
        expect(mendInputSchema(mended)).toEqual(mended);
      }),
    );
  });
});
