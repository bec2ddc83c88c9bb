import { testAccepted, testRefused } from "./verdict.ts";

const closed = (properties: object, changes: object = {}) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...changes,
});
const format = (schema: unknown) => ({ output_config: { format: { type: "json_schema", schema } } });
const holding = (property: object, changes: object = {}) => format(closed({ a: property }, changes));
const strict = (schema: unknown) => ({ tools: [{ name: "f", input_schema: schema, strict: true }] });
const AT = "output_config.format.schema: ";
const many = (count: number, property: object) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, property]));
const node = closed({ next: { $ref: "#/$defs/node" } });

testAccepted([
  ["a closed object", holding({ type: "string" })],
  ["what a grammar can keep", holding({ anyOf: [{ type: "string", format: "email" }, { type: "null" }] })],
  ["a list of at least one", holding({ type: "array", items: { type: "integer", enum: [1, 2] }, minItems: 1 })],
  ["a definition that is referred to", holding({ $ref: "#/$defs/b" }, { $defs: { b: closed({}) } })],
  ["24 properties that may be left out", format(closed(many(24, { type: "string" }), { required: [] }))],
  [
    "anything in a tool that is not strict",
    { tools: [{ name: "f", input_schema: { type: "object", minProperties: 1 } }] },
  ],
]);

testRefused([
  [
    "an object that is open",
    format({ type: "object", properties: {} }),
    `${AT}For 'object' type, 'additionalProperties' must be explicitly set to false`,
  ],
  [
    "an open object within",
    holding({ type: "array", items: { type: "object" } }),
    `${AT}For 'object' type, 'additionalProperties' must be explicitly set to false`,
  ],
  [
    "an open object of a strict tool",
    strict({ type: "object" }),
    "tools.0.custom: For 'object' type, 'additionalProperties' must be explicitly set to false",
  ],
  [
    "bounds of a number",
    holding({ type: "number", minimum: 0, maximum: 1 }),
    `${AT}For 'number' type, properties maximum, minimum are not supported`,
  ],
  [
    "a bound of an integer",
    holding({ type: "integer", minimum: 0 }),
    `${AT}For 'integer' type, property 'minimum' is not supported`,
  ],
  [
    "a length of a text",
    holding({ type: "string", maxLength: 9 }),
    `${AT}For 'string' type, property 'maxLength' is not supported`,
  ],
  [
    "a longest list",
    holding({ type: "array", maxItems: 3 }),
    `${AT}For 'array' type, property 'maxItems' is not supported`,
  ],
  [
    "a shortest list of more than one",
    holding({ type: "array", minItems: 6 }),
    `${AT}For 'array' type, 'minItems' values other than 0 or 1 are not supported (got: [6, ∞])`,
  ],
  [
    "a schema that refers to itself",
    holding({ $ref: "#/$defs/node" }, { $defs: { node } }),
    `${AT}Invalid schema: Circular reference detected in schema definitions: node -> node. ` +
      "Self-referencing or mutually-referencing definitions are not supported.",
  ],
  [
    "25 properties that may be left out",
    format(closed(many(25, { type: "string" }), { required: [] })),
    "Schemas contains too many optional parameters (25), which would make grammar compilation inefficient. " +
      "Reduce the number of optional parameters in your tool schemas (limit: 24).",
  ],
  [
    "17 unions",
    format(closed(many(17, { type: ["string", "null"] }))),
    "Schemas contains too many parameters with union types (17 parameters with type arrays or anyOf). This causes exponential " +
      "compilation cost. Reduce the number of nullable or union-typed parameters (limit: 16 parameters with unions).",
  ],
  [
    "a format without a schema",
    { output_config: { format: { type: "json_schema" } } },
    "output_config.format.schema: Field required",
  ],
  [
    "a format with a name",
    { output_config: { format: { type: "json_schema", name: "x", schema: closed({}) } } },
    "output_config.format.name: Extra inputs are not permitted",
  ],
]);
