import { describe, expect, test } from "bun:test";
import { mendInputSchema } from "../../../src/claude/schemas/input-schema.ts";
import { nativeSchema } from "../../../src/claude/schemas/native-schema.ts";
import { adaptOutputSchema } from "../../../src/claude/schemas/output-schema.ts";
import { mendTools } from "../../../src/claude/tools/tool-definitions.ts";
import { ToolNames } from "../../../src/claude/tools/tool-names.ts";
import { ApiError } from "../../../src/core/error.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { minimalInput } from "../../../src/simulator/demo/minimal-input.ts";
import { outputFormatProblem } from "../../../src/simulator/judge/refuse-output-format.ts";
import { countedRef, sharedSchemas } from "../../support/shared-schemas.ts";

const NAMES = Object.keys(sharedSchemas());

/** What it makes of each, or why it refuses. */
const WALKS: Record<string, (schema: JsonObject) => unknown> = {
  "a function's schema": mendInputSchema,
  "the names of a function's arguments": (parameters) => {
    const tools = mendTools([{ name: "f", parameters }]);
    return new ToolNames(tools).parametersToApi(tools[0] ?? { name: "f", parameters });
  },
  "an answer's schema, for the API": nativeSchema,
  "an answer's schema, for the CLI": adaptOutputSchema,
  "what the demo answers": minimalInput,
  "what the simulated API takes": (schema) => [
    outputFormatProblem({ output_config: { format: { type: "json_schema", schema } } }),
  ],
};

describe.each(Object.entries(WALKS))("each reference is followed a few times, not by each way to it: %s", (_, walk) => {
  test.each(NAMES)("%s", (name) => {
    const schema = sharedSchemas(countedRef())[name] ?? {};
    try {
      expect(walk(schema)).toBeDefined();
    } catch (error) {
      expect(error).toBeInstanceOf(ApiError);
    }
  });
});

/** What it makes of a schema; of one that is refused, nothing. */
function walked(walk: (schema: JsonObject) => unknown, schema: JsonObject): unknown {
  try {
    return walk(schema);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

describe("no schema overflows the stack, or takes the square of its size:", () => {
  const COUNT = 10_000;
  const chain = Array.from({ length: COUNT }, (_, index) => [`a${index}`, { $ref: `#/$defs/a${index + 1}` }]);
  const $defs = { ...Object.fromEntries(chain), [`a${COUNT}`]: { type: "object", additionalProperties: false } };
  const long = "x".repeat(100_000);
  const many = Array.from({ length: COUNT }, () => ({ type: "string" }));
  test.each<[string, JsonObject]>([
    ["a reference through thousands", { $ref: "#/$defs/a0", $defs }],
    [
      "a property by a reference through thousands",
      { type: "object", properties: { $a: { $ref: "#/$defs/a0" } }, $defs },
    ],
    ["thousands within a long name", { type: "object", properties: { [long]: { anyOf: many } } }],
    [
      "thousands beside a long name",
      { type: "object", dependentSchemas: { [long]: { anyOf: many } }, properties: { $a: {} } },
    ],
    ["a type of types", { type: "object", properties: { a: { type: `string${"[]".repeat(50_000)}` } } }],
    ["a type that does not end", { type: "object", properties: { a: { type: `list<${" ".repeat(50_000)}` } } }],
    [
      "a pattern of many beginnings",
      { type: "object", properties: { a: { type: "string", pattern: "\\p{a".repeat(50_000) } } },
    ],
  ])("%s", (_, schema) => {
    for (const walk of Object.values(WALKS).slice(0, 4)) walked(walk, schema);
  });

  test("a pattern that is tried for ever is not tried", () => {
    const name = "a".repeat(60);
    const property = { type: "object", properties: { [`${name}!`]: {} }, patternProperties: { "^(a+)+$": {} } };
    const schema = { type: "object", properties: { p: { ...property, additionalProperties: false } } };
    expect(adaptOutputSchema(schema)).toMatchObject({
      properties: {
        p: {
          patternProperties: { "^(a+)+$": {}, [`^(?:${name}!)$`]: true },
          additionalProperties: false,
          allOf: [{ properties: { [`${name}!`]: {} } }],
        },
      },
    });
  });

  test("and what is refused says so", () => {
    const schema = { type: "object", properties: { [long]: { anyOf: many } } };
    expect(() => mendTools([{ name: "f", parameters: schema }])).toThrow("is too large");
    expect(() => adaptOutputSchema(schema)).toThrow("is too large");
  });
});
