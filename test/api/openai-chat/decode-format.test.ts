import { describe, expect, test } from "bun:test";
import { decode, refusalOf } from "./decode-body.ts";

const byScheme = (schema: unknown, fields: object = {}) => ({
  response_format: { type: "json_schema", json_schema: { name: "answer", schema, ...fields } },
});
const formatOf = (fields: object) => decode(fields).request.outputFormat;
const PERSON = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };

test.each<[string, object]>([
  ["left out", {}],
  ["null", { response_format: null }],
  ["text", { response_format: { type: "text" } }],
])("the format %s leaves the answer free", (_, fields) => {
  expect(formatOf(fields)).toBeUndefined();
});

test.each<[string, object]>([
  ["json_object", { response_format: { type: "json_object" } }],
  ["json_schema without a schema", byScheme(undefined)],
  ["json_schema with a schema of null", byScheme(null)],
])("%s asks for any object", (_, fields) => {
  expect(formatOf(fields)?.schema).toEqual({ type: "object" });
});

test("an answer that is streamed is delivered as it is written, another one whole", () => {
  expect(formatOf({ ...byScheme(PERSON), stream: true })?.delivery).toBe("as-written");
  expect(formatOf(byScheme(PERSON))?.delivery).toBe("whole");
});

describe("the schema", () => {
  test.each<[string, unknown, object]>([
    [
      "of an object passes untouched",
      { ...PERSON, $defs: { a: 1 }, "x-y": null },
      { ...PERSON, $defs: { a: 1 }, "x-y": null },
    ],
    ["with properties gets its type", { properties: {} }, { type: "object", properties: {} }],
    [
      "whose root is a reference is the definition, beside the others it may refer to",
      { $ref: "#/$defs/Person", $defs: { Person: PERSON, Other: {} } },
      { ...PERSON, $defs: { Person: PERSON, Other: {} } },
    ],
    [
      "of old style, too",
      { $ref: "#/definitions/a~1b", definitions: { "a/b": { properties: {} } }, $schema: "x" },
      { type: "object", properties: {}, definitions: { "a/b": { properties: {} } } },
    ],
    [
      "whose reference leads to another",
      { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: PERSON } },
      { ...PERSON, $defs: { a: { $ref: "#/$defs/b" }, b: PERSON } },
    ],
  ])("%s", (_, schema, expected) => {
    expect(formatOf(byScheme(schema))?.schema).toEqual({ ...expected });
  });

  test("tells the model what the answer is for, unless it says that itself", () => {
    expect(formatOf(byScheme(PERSON, { description: "A guest." }))?.schema).toEqual({
      ...PERSON,
      description: "A guest.",
    });
    const own = { ...PERSON, description: "A person." };
    expect(formatOf(byScheme(own, { description: "A guest." }))?.schema).toEqual(own);
  });

  test.each<[string, object, string]>([
    ["of a list", { type: "array", items: PERSON }, "type"],
    ["of an object or null", { type: ["object", "null"] }, "type"],
    ["of anything", {}, "type"],
    ["of one of several", { anyOf: [PERSON, PERSON] }, "anyOf"],
    ["of fixed values", { enum: [{}, {}] }, "enum"],
    ["that refers to nothing", { $ref: "#/$defs/a" }, "$ref"],
    ["that refers to elsewhere", { $ref: "https://example.com/a.json" }, "$ref"],
    ["that refers to itself", { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/a" } } }, "$ref"],
    [
      "that refers in a circle",
      { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } },
      "$ref",
    ],
    ["that refers to a text's", { $ref: "#/$defs/a", $defs: { a: { type: "string" } } }, "type"],
  ])("%s is refused: an answer is an object", (_, schema, keyword) => {
    expect(refusalOf(byScheme(schema))).toMatchObject({
      code: "invalid_request",
      param: `response_format.json_schema.schema.${keyword}`,
    });
  });
});
