import { expect, test } from "bun:test";
import fc from "fast-check";
import { Check } from "typebox/schema";
import { minimalInput } from "../../../src/simulator/demo/minimal-input.ts";

type Schema = { readonly [keyword: string]: unknown };

/** An object with one required property of this schema. */
const holding = (value: unknown, root: Schema = {}) => ({
  type: "object",
  properties: { value },
  required: ["value"],
  ...root,
});
const NODE = { type: "object", properties: { name: { type: "string" } }, required: ["name", "next"] };

test.each<[rule: string, value: unknown, made: unknown]>([
  ["a free string says that it is simulated", { type: "string" }, "simulated"],
  ["anything at all is such a string, too", true, "simulated"],
  ["a short string is its beginning", { type: "string", maxLength: 3 }, "sim"],
  ["a long string repeats it", { type: "string", minLength: 12 }, "simulated si"],
  ["a format is met", { type: "string", format: "email" }, "simulated@example.com"],
  ["a pattern of words is met", { type: "string", pattern: "^[a-z]+$" }, "simulated"],
  ["a pattern of digits is met", { type: "string", pattern: "^\\d{5}$" }, "00000"],
  ["a pattern that nothing simple meets is passed over", { type: "string", pattern: "^x+y+z+$" }, "simulated"],
  ["a pattern that is none is passed over", { type: "string", pattern: "(" }, "simulated"],
  ["a number is zero", { type: "number" }, 0],
  ["a minimum is kept", { type: "integer", minimum: 2.5 }, 3],
  ["an exclusive minimum is kept", { type: "integer", exclusiveMinimum: 2 }, 3],
  ["a maximum is kept", { type: "integer", maximum: -2 }, -2],
  ["open bounds are kept", { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 }, 0.5],
  ["a multiple is met", { type: "integer", minimum: 3, multipleOf: 5 }, 5],
  ["a boolean is false", { type: "boolean" }, false],
  ["null is null", { type: "null" }, null],
  ["of several types the first that is not null counts", { type: ["null", "integer"] }, 0],
  ["an enum gives its first", { enum: ["red", "green"] }, "red"],
  ["of an enum only what has the type counts", { type: "string", enum: [null, "green"] }, "green"],
  ["a constant is itself", { const: { a: 1 } }, { a: 1 }],
  ["a default comes before what is made up", { type: "integer", default: 7 }, 7],
  ["a default of another type does not", { type: "integer", default: "seven" }, 0],
  ["an example comes before what is made up", { type: "string", examples: ["Ulm"] }, "Ulm"],
  ["a list is empty", { type: "array", items: { type: "string" } }, []],
  ["a list has its least items", { type: "array", items: { type: "integer" }, minItems: 2 }, [0, 0]],
  [
    "a tuple has one of each",
    { type: "array", prefixItems: [{ type: "string" }, true], minItems: 2 },
    ["simulated", "simulated"],
  ],
  ["unique items differ", { type: "array", items: { enum: ["a", "b"] }, minItems: 2, uniqueItems: true }, ["a", "b"]],
  [
    "an object has what is required",
    { type: "object", properties: { a: {}, b: { type: "null" } }, required: ["b"] },
    { b: null },
  ],
  ["a required property may be undeclared", { type: "object", required: ["a"] }, { a: "simulated" }],
  ["an object has its least properties", { type: "object", minProperties: 1 }, { simulated1: "simulated" }],
  ["anyOf gives its first branch", { anyOf: [{ type: "integer" }, { type: "string" }] }, 0],
  ["oneOf gives its first branch", { oneOf: [{ const: "a" }, { const: "b" }] }, "a"],
  ["a branch that allows nothing is passed over", { anyOf: [false, { type: "integer" }] }, 0],
  [
    "a branch is joined with what stands beside it",
    { type: "object", properties: { a: { const: 1 } }, anyOf: [{ required: ["a"] }] },
    { a: 1 },
  ],
  ["allOf is all of them", { allOf: [{ type: "string" }, { minLength: 10 }] }, "simulated "],
])("%s", (_rule, value, made) => {
  expect(minimalInput(holding(value))).toEqual({ value: made });
});

test("an object without required properties shows its first", () => {
  expect(minimalInput({ type: "object", properties: { city: { type: "string" }, day: {} } })).toEqual({
    city: "simulated",
  });
  expect(minimalInput({ type: "object" })).toEqual({});
});

test("what is no schema gives an empty input", () => {
  expect([undefined, null, true, "object", []].map(minimalInput)).toEqual([{}, {}, {}, {}, {}]);
});

test("references within the schema are followed", () => {
  const schema = holding({ $ref: "#/$defs/the~1city" }, { $defs: { "the/city": { type: "string", maxLength: 3 } } });
  expect(minimalInput(schema)).toEqual({ value: "sim" });
  expect(minimalInput(holding({ $ref: "https://example.com/other.json" }))).toEqual({ value: "simulated" });
});

test("references within allOf are all joined", () => {
  const $defs = {
    named: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
    aged: { properties: { age: { type: "integer" } }, required: ["age"] },
  };
  const schema = holding({ allOf: [{ $ref: "#/$defs/named" }, { $ref: "#/$defs/aged" }] }, { $defs });
  expect(minimalInput(schema)).toEqual({ value: { name: "simulated", age: 0 } });
});

test("a schema that refers to itself ends where it can", () => {
  const next = { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] };
  const node = { ...NODE, properties: { ...NODE.properties, next } };
  expect(minimalInput(holding({ $ref: "#/$defs/node" }, { $defs: { node } }))).toEqual({
    value: { name: "simulated", next: null },
  });
});

test("a reference may be met again below one that is joined with more", () => {
  const $defs = { base: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] } };
  const more = { properties: { parent: { $ref: "#/$defs/base" } }, required: ["parent"] };
  expect(minimalInput(holding({ allOf: [{ $ref: "#/$defs/base" }, more] }, { $defs }))).toEqual({
    value: { id: 0, parent: { id: 0 } },
  });
});

test("a schema that never ends gives an empty input", () => {
  const node = { ...NODE, properties: { ...NODE.properties, next: { $ref: "#/$defs/node" } } };
  expect(minimalInput(holding({ $ref: "#/$defs/node" }, { $defs: { node } }))).toEqual({});
});

test("a small schema of an enormous value gives an empty input, soon", () => {
  const levels = Array.from({ length: 40 }, (_, level) => [
    `l${level}`,
    { type: "array", minItems: 2, items: { $ref: `#/$defs/l${level + 1}` } },
  ]);
  expect(minimalInput(holding({ $ref: "#/$defs/l0" }, { $defs: Object.fromEntries(levels) }))).toEqual({});
});

test("names of a prototype are names like any other", () => {
  const schema = JSON.parse(
    '{"type":"object","required":["__proto__","constructor"],"properties":{"__proto__":{"type":"null"}}}',
  );
  expect(JSON.stringify(minimalInput(schema))).toBe('{"__proto__":null,"constructor":"simulated"}');
});

const bounds = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 0, max: 9 }));
const { schema: anySchema } = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom({ type: "boolean" }, { type: "null" }, { enum: ["a", 1, null] }, { const: [1] }, {}),
    fc.record({ type: fc.constant("string"), minLength: fc.nat(30) }, { requiredKeys: ["type"] }),
    bounds.map(([minimum, more]) => ({ type: "integer", minimum, maximum: minimum + more })),
    bounds.map(([exclusiveMinimum, more]) => ({
      type: "number",
      exclusiveMinimum,
      exclusiveMaximum: exclusiveMinimum + more + 1,
    })),
    fc.record({ type: fc.constant("array"), items: tie("schema"), minItems: fc.nat(3) }),
    fc
      .tuple(fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie("schema"), { maxKeys: 4 }), fc.boolean(), fc.nat(4))
      .map(([properties, additionalProperties, count]) => ({
        type: "object",
        properties,
        required: Object.keys(properties).slice(0, count),
        additionalProperties,
      })),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
  ),
}));

test("every schema of these keywords is satisfied", () => {
  fc.assert(
    fc.property(anySchema, (value) => {
      const schema = holding(value);
      expect(Check(schema, minimalInput(schema))).toBe(true);
    }),
    { numRuns: 500 },
  );
});
