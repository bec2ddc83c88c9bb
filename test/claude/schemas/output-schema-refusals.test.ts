import { describe, expect, test } from "bun:test";
import { adaptOutputSchema } from "../../../src/claude/schemas/output-schema.ts";
import { ApiError } from "../../../src/core/error.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";

const STRING = { type: "string" };
const NUMBER = { type: "number" };

/** A schema of an object with one property, `a`. */
const holding = (a: Json, extra: JsonObject = {}): JsonObject => ({ type: "object", properties: { a }, ...extra });

function refusal(schema: JsonObject): string {
  try {
    adaptOutputSchema(schema);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    expect({ code: error.code, param: error.param }).toEqual({ code: "invalid_request", param: "response_format" });
    return error.message.replace("The schema of response_format cannot be used: ", "");
  }
  throw new Error(`not refused: ${JSON.stringify(schema)}`);
}

describe("what can't be used is refused, with its place and what would do", () => {
  test("in full", () => {
    expect(refusal({ properties: { user: { properties: { "e-mail": { anyOf: [true, { type: "strin" }] } } } } })).toBe(
      '$.properties.user.properties["e-mail"].anyOf[1].type must be one of array, boolean, integer, null, number, object, string, or a list of those.',
    );
    expect(refusal(holding({ prefixItems: [STRING, NUMBER] }))).toBe(
      "$.properties.a.prefixItems has a schema for each item; accepted is one for all, in `items`, or an object with a property for each.",
    );
    expect(refusal(holding({ $ref: "https://x.y/z" }))).toBe(
      '$.properties.a.$ref leads out of the document, or nowhere; accepted is a way to a schema in the same document, such as "#/$defs/name".',
    );
  });

  test.each<[string, Json]>([
    ["type", []],
    ["type", null],
    ["enum", []],
    ["enum", "a"],
    ["required", true],
    ["required", [1]],
    ["properties", []],
    ["patternProperties", "a"],
    ["$defs", []],
    ["allOf", []],
    ["anyOf", {}],
    ["not", "a"],
    ["items", "string"],
    ["items", []],
    ["items", [STRING, NUMBER]],
    ["prefixItems", [STRING]],
    ["unevaluatedItems", false],
    ["additionalProperties", null],
    ["minLength", -1],
    ["maxItems", 1.5],
    ["minimum", "1"],
    ["minimum", { $data: "1/b" }],
    ["multipleOf", 0],
    ["exclusiveMinimum", true],
    ["exclusiveMaximum", "5"],
    ["uniqueItems", "yes"],
    ["dependentRequired", { a: "b" }],
    ["dependencies", { a: "b" }],
    ["nullable", true],
    ["nullable", "yes"],
    ["title", 1],
    ["description", null],
    ["examples", {}],
    ["format", 5],
    ["$id", 1],
    ["$ref", 1],
    ["$ref", "#/$defs/none"],
    ["$ref", "#none"],
    ["$ref", "#/$defs/%zz"],
    ["$ref", "#/components/schemas/x"],
    ["$ref", "#/properties"],
    ["$ref", "#/properties/a"],
    ["$dynamicRef", "#x"],
    ["pattern", "("],
    ["pattern", "(?P<n>a)"],
    ["pattern", "^a\\Z"],
    ["pattern", "(?i)a"],
    ["pattern", "[[:alpha:]]"],
    ["pattern", "a{,3}"],
    ["pattern", "(?\\:a)"],
  ])("%s: %j", (key, value) => {
    expect(refusal(holding({ [key]: value }))).toStartWith(`$.properties.a.${key} `);
  });

  test.each<[string, JsonObject]>([
    ["$.type", { type: "array", items: STRING }],
    ["$.properties.a", holding("string")],
    ["$.properties.a.anyOf[0]", holding({ anyOf: [null] })],
    ["$.$defs.unused.type", { $defs: { unused: { type: "any" } } }],
    ['$.properties.a.patternProperties["("]', holding({ patternProperties: { "(": STRING } })],
    ['$.properties.a.patternProperties["@"]', holding({ patternProperties: { "\\@": true, "@": true } })],
    ["$.properties.a.minContains", holding({ contains: true, minContains: 2 })],
    ["$.properties.a.maxContains", holding({ contains: true, maxContains: 2 })],
    ["$.unevaluatedProperties", { unevaluatedProperties: false, allOf: [holding(true)] }],
    ["$.$ref", { $ref: "#" }],
    ["$.anyOf[0].not.$ref", { anyOf: [{ not: { $ref: "#" } }] }],
    ["$.properties.b.$ref", { properties: { a: { if: STRING }, b: { $ref: "#/properties/a/if" } } }],
    ["$.properties.a.$ref", holding({ $ref: "T" }, { $defs: { x: { $id: "T" }, y: { $id: "T" } } })],
  ])("at %s", (path, schema) => {
    expect(refusal(schema)).toStartWith(`${path} `);
  });
});
