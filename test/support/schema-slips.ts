// Schemas of functions as programs write them, which the API would refuse as they are, by what is wrong.

const OF_AN_ARGUMENT: readonly (readonly [slip: string, argument: unknown])[] = [
  ["types of other languages", { type: "str" }],
  ["types of others still", { type: ["Float", "none"] }],
  ["required at the property", { type: "string", required: true }],
  ["numbers as texts", { type: "integer", minimum: "1", maximum: "5" }],
  ["a reference that leads nowhere", { $ref: "#/$defs/none" }],
  ["what the draft is about", { $vocabulary: [], $dynamicRef: {} }],
  ["an old tuple", { type: "array", items: [{ type: "string" }], additionalItems: false }],
  ["an id of draft 4", { id: "#a", type: "string" }],
  ["a value that its list has not", { const: "a", enum: ["b"] }],
  ["a word", "string"],
  ["an empty list", []],
  ["true", true],
  ["null", null],
];
const OF_ALL: readonly (readonly [slip: string, parameters: object])[] = [
  ["no properties", { type: "object", properties: null }],
  ["PHP's", { type: "object", properties: [], required: [] }],
  ["no type", { properties: { a: {} } }],
  ["null, too", { type: ["object", "null"], properties: { a: {} } }],
  ["required that is none", { type: "object", properties: { a: {} }, required: "a" }],
  ["required of what is not there", { type: "object", properties: { a: {} }, required: ["a", "b"] }],
  ["branches", { anyOf: [{ properties: { a: {} } }, { properties: { b: {} } }] }],
  ["a branch alone", { type: "object", allOf: { properties: { a: {} } } }],
  ["a reference", { $ref: "#/$defs/A", $defs: { A: { type: "object", properties: { a: {} } } } }],
  ["a list of properties", { type: "object", properties: [{ name: "a", type: "string" }] }],
  ["an old draft", { $schema: "http://json-schema.org/draft-04/schema#", type: "dict", properties: { a: {} } }],
  ["names of other letters", { type: "object", properties: { $top: {}, "filter[id]": {} }, required: ["$top"] }],
];

export const SCHEMA_SLIPS: readonly (readonly [slip: string, parameters: object])[] = [
  ...OF_AN_ARGUMENT.map(([slip, a]) => [slip, { type: "object", properties: { a } }] as const),
  ...OF_ALL,
];
