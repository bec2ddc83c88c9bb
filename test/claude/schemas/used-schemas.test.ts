import { expect, test } from "bun:test";
import Ajv from "ajv";
import { adaptOutputSchema } from "../../../src/claude/schemas/output-schema.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";

// Schemas as programs write them, as the CLI compiles them. One that has something of all, through the real CLI: test/e2e/output-schemas.test.ts.

const object = (properties: JsonObject, extra: JsonObject = {}): JsonObject => ({
  type: "object",
  properties,
  ...extra,
});
const kind = (k: string) => object({ k: { const: k } }, { required: ["k"] });
const NODE = object({ children: { type: "array", items: { $ref: "#/$defs/Node" } } }, { required: ["children"] });

/** What programs write beside or in place of the standard's keywords: in one schema, to which one process of the CLI is bound. */
const ODD = object(
  {
    n: { type: "number", nullable: true, minimum: 0, exclusiveMinimum: true },
    mail: { type: "string", pattern: "^[\\w-\\.]+@([\\w-]+\\.)+[\\w-]{2,4}$" },
    a: { type: "string", example: "x", "x-order": 1 },
    "first name": { type: "string" },
    c: {},
    d: {},
  },
  { unevaluatedProperties: false, dependentRequired: { c: ["d"] } },
);

const USED: [name: string, schema: JsonObject, right: Json, wrong: Json][] = [
  ["one of several kinds at the root", { oneOf: [kind("a"), kind("b")] }, { k: "b" }, { k: "c" }],
  [
    "a root that is a definition, recursive",
    { $defs: { Node: NODE }, $ref: "#/$defs/Node" },
    { children: [{ children: [] }] },
    {},
  ],
  [
    "a schema that refers to itself, of the 2020-12 dialect",
    {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      ...object({ next: { $ref: "#" }, n: { type: "integer" } }, { required: ["n"] }),
    },
    { n: 1, next: { n: 2 } },
    { n: 1, next: {} },
  ],
  ["nullable and boolean limits, as OpenAPI 3.0 has them", ODD, { n: 0.5 }, { n: 0 }],
  ["null where it is nullable", ODD, { n: null }, { n: "none" }],
  ["a pattern with escapes of another language", ODD, { mail: "a.b-c@x.de" }, { mail: "a@b" }],
  ["extra keywords that mean nothing", ODD, { a: "b" }, { a: 1 }],
  ["names of properties that the API does not take", ODD, { "first name": "x" }, { "first name": 1 }],
  ["unevaluatedProperties", ODD, { a: "b" }, { b: 1 }],
  ["dependentRequired", ODD, { d: 1 }, { c: 1 }],
];

test.each(USED)("%s: a right answer passes, a wrong one does not", (_, schema, right, wrong) => {
  const takes = new Ajv({ strict: true, strictRequired: false, strictTypes: false, validateFormats: false }).compile(
    adaptOutputSchema(schema),
  );
  expect([takes(right), takes(wrong)]).toEqual([true, false]);
});
