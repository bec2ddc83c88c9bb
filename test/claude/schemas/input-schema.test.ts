import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { mendInputSchema } from "../../../src/claude/schemas/input-schema.ts";
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
    ["a bound that is exclusive of nothing", { exclusiveMinimum: true }, {}],
    ["a tuple", { items: [{ type: "string" }, { type: "any" }] }, { prefixItems: [{ type: "string" }, {}] }],
    ["a tuple and the rest", { items: [{}], additionalItems: false }, { prefixItems: [{}], items: false }],
    ["an empty tuple", { items: [] }, {}],
    ["a tuple in both forms", { items: [{ type: "null" }], prefixItems: [{}] }, { prefixItems: [{}] }],
    ["names said twice", { required: ["b", "c", "b"] }, { required: ["b", "c"] }],
    ["and such that hang on others", { dependentRequired: { b: ["c", "c"] } }, { dependentRequired: { b: ["c"] } }],
    [
      "what is required, said at each property",
      { properties: { b: { type: "string", required: true }, c: { required: "false" } }, required: ["d"] },
      { properties: { b: { type: "string" }, c: {} }, required: ["d", "b"] },
    ],
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
  test.each<[string, Json, JsonObject?]>([
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
      { $defs: { c: true } },
    ],
    ["a reference by a name", { $ref: "#c" }, { $defs: { c: { $anchor: "c" } } }],
    ["a reference to the whole", { items: { $ref: "#" } }],
  ])("%s", (...[, argument, root]) => {
    expect(JSON.stringify(mend(argument, root))).toBe(JSON.stringify(within(argument, root)));
  });

  test("any schema that has been mended", () => {
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
      "additionalProperties",
      "description",
      "$ref",
      "anyOf",
      "__proto__",
    );
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.oneof(anyValue, fc.constantFrom("any", "str", "#/a", true, null))),
        (argument) => {
          const mended = mend(argument as JsonObject);
          expect(mendInputSchema(mended)).toEqual(mended);
        },
      ),
    );
  });
});

describe("what is of another kind than the keyword wants, but plain, becomes what was meant:", () => {
  test.each<[string, Json, Json]>([
    ["a number", { minimum: "5", maxLength: "10", multipleOf: "0.5" }, { minimum: 5, maxLength: 10, multipleOf: 0.5 }],
    [
      "a truth",
      { uniqueItems: "true", additionalProperties: "False" },
      { uniqueItems: true, additionalProperties: false },
    ],
    ["one where a list belongs", { enum: "a", anyOf: { type: "null" } }, { enum: ["a"], anyOf: [{ type: "null" }] }],
    ["a list with its places", { enum: { 0: "a", 2: "b" } }, { enum: ["a", "b"] }],
    ["one name", { required: "b" }, { required: ["b"] }],
    ["names, and what is none", { required: ["b", null, 1] }, { required: ["b"] }],
    [
      "PHP's empty object",
      { properties: [], required: {}, additionalProperties: [] },
      { properties: {}, required: [], additionalProperties: {} },
    ],
    [
      "a list of named schemas",
      { properties: [{ name: "b", type: "string" }] },
      { properties: { b: { type: "string" } } },
    ],
    [
      "a word for a schema",
      { properties: { b: "string", c: "What it is.", d: null } },
      { properties: { b: { type: "string" }, c: { description: "What it is." }, d: {} } },
    ],
    ["a text", { description: ["One.", "Two."], title: 5 }, { description: "One.\nTwo.", title: "5" }],
    ["nothing", { description: {}, format: 1, enum: [], anyOf: [], $anchor: "9", $vocabulary: [] }, {}],
  ])("%s", (_, argument, expected) => {
    expect(mend(argument)).toEqual(within(expected));
  });
});

describe("a type by the word of another language becomes the one of JSON Schema:", () => {
  test.each<[Json, JsonObject]>([
    ["str", { type: "string" }],
    ["STRING", { type: "string" }],
    [" string ", { type: "string" }],
    ["int", { type: "integer" }],
    ["float", { type: "number" }],
    ["bool", { type: "boolean" }],
    ["dict", { type: "object" }],
    ["list", { type: "array" }],
    ["None", { type: "null" }],
    ["Any", {}],
    ["date", { type: "string", format: "date" }],
    ["datetime", { type: "string", format: "date-time" }],
    ["List[str]", { type: "array", items: { type: "string" } }],
    ["number[]", { type: "array", items: { type: "number" } }],
    ["string | null", { type: ["string", "null"] }],
    [["str", "None", "string"], { type: ["string", "null"] }],
    [["string", "any"], {}],
    ["starship", { type: "starship" }],
    ["5", { type: "5" }],
  ])("%j", (type, expected) => {
    expect(mend({ type })).toEqual(within(expected));
  });

  test("and does not override what the schema says itself", () => {
    expect(mend({ type: "date", format: "x" })).toEqual(within({ type: "string", format: "x" }));
  });
});

describe("a reference that leads nowhere", () => {
  test.each<[string, string, Json]>([
    ["is left out", "#/$defs/none", {}],
    ["or to another document", "https://example.com/a.json", {}],
    ["leads to where the name stands today", "#/components/schemas/Node", { $ref: "#/$defs/Node" }],
    ["or is a name alone", "Node", { $ref: "#/$defs/Node" }],
  ])("%s", (_, ref, expected) => {
    const root = { $defs: { Node: { type: "string" } } };
    expect(mend({ $ref: ref }, root)).toEqual(within(expected, root));
  });
});

describe("at the top, where the API wants an object,", () => {
  test.each<[string, JsonObject, JsonObject]>([
    ["nothing is one", {}, { type: "object" }],
    ["one that may be null", { type: ["object", "null"] }, { type: "object" }],
    ["one that has properties", { type: "string", properties: {} }, { type: "object", properties: {} }],
    [
      "a reference is what it leads to",
      { $ref: "#/definitions/A", definitions: { A: { $ref: "#/definitions/B" }, B: { properties: { b: {} } } } },
      {
        type: "object",
        properties: { b: {} },
        definitions: { A: { $ref: "#/definitions/B" }, B: { properties: { b: {} } } },
      },
    ],
    [
      "true and false of an argument are schemas",
      { properties: { a: true, b: false } },
      { type: "object", properties: { a: {}, b: { not: {} } } },
    ],
    [
      "branches become one, and the description says what belongs together",
      {
        description: "D.",
        properties: { id: {} },
        oneOf: [
          { type: "object", properties: { kind: { const: "a" }, a: {} }, required: ["kind", "a"] },
          { $ref: "#/$defs/b" },
          { type: "null" },
        ],
        $defs: { b: { properties: { kind: { const: "b" } }, required: ["kind"] } },
      },
      {
        type: "object",
        description: "D.\n\nGive the arguments of exactly one of these groups: (kind, a) or (kind).",
        properties: { id: {}, kind: { anyOf: [{ const: "a" }, { const: "b" }] }, a: {} },
        required: ["kind"],
        $defs: { b: { properties: { kind: { const: "b" } }, required: ["kind"] } },
      },
    ],
    [
      "what holds together is required together",
      { allOf: [{ properties: { a: {} }, required: ["a"] }, { anyOf: [{ required: ["b"] }, { required: ["c"] }] }] },
      { type: "object", properties: { a: {} }, required: ["a"] },
    ],
    [
      "a branch that leads back",
      { anyOf: [{ $ref: "#" }, { properties: { a: {} } }] },
      { type: "object", properties: { a: {} } },
    ],
  ])("%s", (_, schema, expected) => {
    expect(mendInputSchema(schema)).toEqual(expected);
  });
});
