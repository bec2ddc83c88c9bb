import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../../../src/core/json.ts";
import { decode } from "../decode-body.ts";

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
  test("passes untouched, whatever its root is: what can be used is for the backend to say", () => {
    const schemas: JsonObject[] = [
      { ...PERSON, $defs: { a: 1 }, "x-y": null },
      { properties: {} },
      { anyOf: [PERSON] },
      {},
    ];
    for (const schema of schemas) {
      expect(formatOf(byScheme(schema))?.schema).toEqual(schema);
    }
  });

  test("tells the model what the answer is for, unless it says that itself", () => {
    expect(formatOf(byScheme(PERSON, { description: "A guest." }))?.schema).toEqual({
      ...PERSON,
      description: "A guest.",
    });
    const own = { ...PERSON, description: "A person." };
    expect(formatOf(byScheme(own, { description: "A guest." }))?.schema).toEqual(own);
  });
});
