import { describe, expect, test } from "bun:test";
import { adaptOutputSchema } from "../../../src/claude/schemas/output-schema.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";

const STRING = { type: "string" };
const NUMBER = { type: "number" };

/** A schema of an object with one property, `a`. */
const holding = (a: Json, extra: JsonObject = {}): JsonObject => ({ type: "object", properties: { a }, ...extra });

/** What becomes of the schema of a property. */
function adaptedProperty(a: Json, extra: JsonObject = {}): Json | undefined {
  const { properties } = adaptOutputSchema(holding(a, extra));
  return typeof properties === "object" && properties !== null && "a" in properties ? properties.a : undefined;
}

const consequence = (then: Json): JsonObject => ({ then });

describe("what means nothing to a validator is left out", () => {
  test("unknown keywords and the names of drafts, on every level", () => {
    const noise = { $schema: "https://json-schema.org/draft/2020-12/schema", "x-order": 1, example: "e", id: "Foo" };
    const inner = { ...noise, type: "array", items: { ...STRING, discriminator: { propertyName: "k" } } };
    expect(adaptOutputSchema({ ...holding(inner), ...noise })).toEqual(holding({ type: "array", items: STRING }));
  });

  test("but nothing of what the model reads", () => {
    const notes = { title: "T", description: "D", default: 5, examples: ["e"], $comment: "c", deprecated: true };
    const formats = { format: "whatever", contentEncoding: "base64", contentMediaType: "text/plain" };
    const schema = holding({ ...STRING, ...notes, ...formats, readOnly: true });
    expect(adaptOutputSchema(schema)).toEqual(schema);
  });

  test("no property and no definition for the sake of its name", () => {
    const names = { "x-a": STRING, $schema: STRING, enum: NUMBER, example: true, constructor: STRING, "": STRING };
    const schema = holding({ type: "object", properties: names, patternProperties: { "^z": STRING } });
    expect(adaptOutputSchema({ ...schema, $defs: names, definitions: names })).toEqual({
      ...schema,
      $defs: names,
      definitions: names,
    });
    const proto: JsonObject = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string","x-a":1}}}');
    expect(JSON.stringify(adaptOutputSchema(proto))).toBe(
      '{"type":"object","properties":{"__proto__":{"type":"string"}}}',
    );
  });

  test("nothing within data", () => {
    const data = { "x-a": 1, $ref: "#/nowhere", type: "nothing", pattern: "(" };
    const schema = holding({ enum: [data], default: data, examples: [data] }, { $defs: { c: { const: data } } });
    expect(adaptOutputSchema(schema)).toEqual(schema);
  });
});

describe("what the CLI does not know becomes what means the same", () => {
  test.each<[string, JsonObject, JsonObject]>([
    ["unevaluatedProperties", { unevaluatedProperties: false }, { additionalProperties: false }],
    [
      "unevaluatedProperties that has nothing left",
      { additionalProperties: NUMBER, unevaluatedProperties: false, anyOf: [true] },
      { additionalProperties: NUMBER, anyOf: [true] },
    ],
    ["exclusiveMinimum: true", { minimum: 0, exclusiveMinimum: true }, { exclusiveMinimum: 0 }],
    ["exclusiveMaximum: false", { maximum: 9, exclusiveMaximum: false }, { maximum: 9 }],
    ["exclusiveMinimum: false alone", { exclusiveMinimum: false }, {}],
    ["nullable", { type: "string", nullable: true }, { type: ["string", "null"] }],
    ["nullable beside null", { type: ["null"], nullable: true }, { type: ["null"] }],
    ["nullable: false", { nullable: false }, {}],
    [
      "repetitions",
      { enum: ["a", 1, "a"], required: ["x", "x"], type: ["null", "null"] },
      { enum: ["a", 1], required: ["x"], type: ["null"] },
    ],
    [
      "equal objects",
      {
        enum: [
          { x: 1, y: 2 },
          { y: 2, x: 1 },
        ],
      },
      { enum: [{ x: 1, y: 2 }] },
    ],
    [
      "a tuple of one kind",
      { prefixItems: [NUMBER, NUMBER], items: false, minItems: 2 },
      { items: NUMBER, minItems: 2, maxItems: 2 },
    ],
    ["a tuple of limited length", { prefixItems: [NUMBER, NUMBER], maxItems: 2 }, { items: NUMBER, maxItems: 2 }],
    ["a tuple with more of the same", { prefixItems: [NUMBER], items: NUMBER }, { items: NUMBER }],
    [
      "a tuple as older drafts write it",
      { items: [NUMBER, NUMBER], additionalItems: false },
      { items: NUMBER, maxItems: 2 },
    ],
    ["additionalItems without a tuple", { items: NUMBER, additionalItems: false }, { items: NUMBER }],
    ["minContains: 1", { contains: NUMBER, minContains: 1 }, { contains: NUMBER }],
    ["maxContains without contains", { maxContains: 2 }, {}],
    ["if without a consequence", { if: NUMBER }, {}],
    ["a consequence without if", consequence(NUMBER), {}],
    [
      "dependentRequired",
      { dependentRequired: { x: ["y"] }, allOf: [true] },
      { allOf: [true, { if: { type: "object", required: ["x"] }, ...consequence({ required: ["y"] }) }] },
    ],
    [
      "dependentSchemas",
      { dependentSchemas: { x: STRING } },
      { allOf: [{ if: { type: "object", required: ["x"] }, ...consequence(STRING) }] },
    ],
    [
      "a property that a pattern matches",
      { properties: { ab: STRING, c: NUMBER }, patternProperties: { "^a": true }, additionalProperties: false },
      {
        properties: { c: NUMBER },
        patternProperties: { "^a": true },
        additionalProperties: false,
        allOf: [{ properties: { ab: STRING } }],
      },
    ],
  ])("%s", (_, before, after) => {
    expect(adaptedProperty(before)).toEqual(after);
  });

  test.each([
    ["^[\\w.\\-]+\\@\\w+$", "^[\\w.\\-]+@\\w+$"],
    ["^[\\w-\\.]+$", "^[\\w\\-\\.]+$"],
    ["[+-\\d][a-\\w-]", "[+\\-\\d][a\\-\\w-]"],
    ['\\d{2}\\:\\d{2,}\\ \\_\\"\\#', '\\d{2}:\\d{2,} _"#'],
    ["^{{\\w+}}$", "^\\{\\{\\w+\\}\\}$"],
    ["a]\\p{Lu}", "a\\]\\p{Lu}"],
    ["x{1\\,2}", "x\\{1,2\\}"],
  ])("the pattern %s", (before, after) => {
    expect(adaptedProperty({ pattern: before })).toEqual({ pattern: after });
    expect(adaptedProperty({ patternProperties: { [before]: true } })).toEqual({
      patternProperties: { [after]: true },
    });
  });

  test.each(["^(?<=a)b\\d+$", "^\\p{L}+\\/$", "[\\-\\^\\]]", "\\u{1F600}", "(?<n>a)\\k<n>", ""])(
    "but the pattern %s stays",
    (pattern) => {
      expect(adaptedProperty({ pattern })).toEqual({ pattern });
    },
  );
});

describe("references", () => {
  const $defs = { s: STRING, "a/b~c %": STRING };
  test.each<[string, string, JsonObject]>([
    ["#/$defs/s", "#/$defs/s", { $defs }],
    ["#/$defs/a~1b~0c %25", "#/$defs/a~1b~0c%20%25", { $defs }],
    ["#", "#", {}],
    ["#named", "#/$defs/s", { $defs: { s: { $anchor: "named", ...STRING } } }],
    ["#named", "#/$defs/s", { $defs: { s: { $id: "#named", ...STRING } } }],
    ["T", "#/$defs/s", { $defs: { s: { $id: "T", ...STRING } } }],
    ["z.json#/$defs/s", "#/$defs/s", { $id: "https://x.y/z.json", $defs }],
    ["https://x.y/z.json", "#", { $id: "https://x.y/z.json" }],
  ])("%s leads to %s", (ref, target, extra) => {
    expect(adaptedProperty({ $ref: ref, description: "d" }, extra)).toEqual({ $ref: target, description: "d" });
  });

  test("lead from the schema that has an address of its own", () => {
    const a = { $id: "https://x.y/inner", $defs: { s: STRING }, $ref: "#/$defs/s" };
    expect(adaptedProperty(a, { $defs: { s: NUMBER } })).toEqual({
      $defs: { s: STRING },
      $ref: "#/properties/a/$defs/s",
    });
  });

  test("may lead back into themselves from further within the value", () => {
    const schema = holding({ anyOf: [{ type: "array", items: { $ref: "#/properties/a" } }, { $ref: "#" }] });
    expect(adaptOutputSchema(schema)).toEqual(schema);
  });

  test("in a row of thousands are no problem", () => {
    const count = 3_000;
    const links = Array.from(
      { length: count },
      (_, index) => [`d${index}`, { $ref: `#/$defs/d${index + 1}` }] as const,
    );
    const schema = holding({ $ref: "#/$defs/d0" }, { $defs: { ...Object.fromEntries(links), [`d${count}`]: STRING } });
    expect(adaptOutputSchema(schema)).toEqual(schema);
  });
});

describe("the outermost level", () => {
  const union = [holding(STRING), holding(NUMBER)];

  test("says that it is an object", () => {
    expect(adaptOutputSchema({})).toEqual({ type: "object" });
    expect(adaptOutputSchema(holding(true, { type: ["object", "null"] }))).toEqual(holding(true));
  });

  test("is the definition that it names", () => {
    const $defs = { A: { $ref: "#/$defs/B" }, B: holding({ $ref: "#/$defs/A" }, { title: "B" }) };
    expect(adaptOutputSchema({ $ref: "#/$defs/A", title: "T", $defs })).toEqual({ ...$defs.B, title: "T", $defs });
  });

  test("becomes a definition when it is a union, with what leads into it", () => {
    const node = holding({ $ref: "#/anyOf/1" });
    const Output = holding({ $ref: "#/$defs/Output_/anyOf/1" });
    expect(adaptOutputSchema({ anyOf: [node, holding(NUMBER)], $defs: { Output: STRING, x: { $ref: "#" } } })).toEqual({
      type: "object",
      $ref: "#/$defs/Output_",
      $defs: { Output: STRING, x: { $ref: "#" }, Output_: { type: "object", anyOf: [Output, holding(NUMBER)] } },
    });
    expect(adaptOutputSchema({ $ref: "#/definitions/U", definitions: { U: { oneOf: union } } })).toEqual({
      type: "object",
      $ref: "#/definitions/U",
      definitions: { U: { oneOf: union } },
    });
  });

  test("becomes a definition when it has names that the API does not take there", () => {
    const content = { type: "object", properties: { "first name": STRING }, additionalProperties: false };
    const adapted = { type: "object", $ref: "#/$defs/Output", $defs: { Output: content } };
    expect(adaptOutputSchema(content)).toEqual(adapted);
    expect(adaptOutputSchema(adapted)).toEqual(adapted);
  });
});
