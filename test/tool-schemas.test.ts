import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { profileOf } from "../src/claude/pool/profile.ts";
import { nativeSchema } from "../src/claude/schemas/native-schema.ts";
import { adaptOutputSchema } from "../src/claude/schemas/output-schema.ts";
import { ApiError } from "../src/core/error.ts";
import type { JsonObject } from "../src/core/json.ts";
import type { ChatRequest } from "../src/core/request.ts";
import { decode as decodeMessage } from "./api/anthropic-messages/decode-body.ts";
import { decode as decodeChat } from "./api/openai-chat/decode-body.ts";
import { decode as decodeResponse } from "./api/openai-responses/decode-body.ts";
import { verdict } from "./simulator/judge/verdict.ts";
import { SCHEMA_SLIPS } from "./support/schema-slips.ts";
import { countedRef, sharedSchemas } from "./support/shared-schemas.ts";
import { functionTool } from "./support/tools.ts";

// Schemas on their whole way, from what a client sends to what the API gets. A few through the real CLI: test/e2e/tool-schemas.test.ts.

/** What the API is offered of these functions, or the error that the client is told. */
function offered(tools: readonly object[]): readonly JsonObject[] | ApiError {
  try {
    return profileOf(decodeChat({ tools }).request).definitions;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

test.each(SCHEMA_SLIPS)(
  "a function is offered, as the API takes it, whatever slips its schema has: %s",
  (_, parameters) => {
    const tools = offered([functionTool("f", parameters)]);
    expect(tools).toMatchObject([{ name: "f" }]);
    expect(verdict({ tools })).toBeUndefined();
  },
);

test("of any schema a function is offered, as the API takes it, or refused by its name or place", () => {
  fc.assert(
    fc.property(anySchema, (parameters) => {
      const tools = offered([functionTool("f", parameters)]);
      if (!(tools instanceof ApiError)) expect(verdict({ tools })).toBeUndefined();
      else
        expect(tools.param === "tools" ? tools.message : tools.param).toMatch(
          /tool "f": \$|tools\[0\]\.function\.parameters/,
        );
    }),
    { numRuns: 300 },
  );
});

/** What the engine makes of a request; undefined where it is refused. */
function prepared(request: ChatRequest): unknown {
  const schema = request.outputFormat?.schema;
  const native = schema && nativeSchema(schema);
  const output = native && ("schema" in native ? ({ type: "native", schema: native.schema } as const) : undefined);
  const byTool =
    schema && output === undefined ? ({ type: "tool", schema: adaptOutputSchema(schema) } as const) : output;
  return profileOf(request, byTool);
}

describe("a small schema of many shared references holds nothing up, in every kind of place that takes one:", () => {
  const schemas = () => Object.values(sharedSchemas(countedRef()));
  test.each<[string, (schema: JsonObject) => ChatRequest]>([
    ["a chat's tools", (schema) => decodeChat({ tools: [functionTool("f", schema)] }).request],
    [
      "a chat's answer",
      (schema) =>
        decodeChat({ response_format: { type: "json_schema", json_schema: { name: "a", schema, strict: true } } })
          .request,
    ],
    [
      "a response's answer",
      (schema) => decodeResponse({ text: { format: { type: "json_schema", name: "a", schema } } }).request,
    ],
    [
      "a message's custom tools",
      (input_schema) => decodeMessage({ tools: [{ type: "custom", name: "f", input_schema, strict: true }] }).request,
    ],
  ])("%s", (_, decoded) => {
    for (const schema of schemas()) {
      try {
        expect(prepared(decoded(schema))).toBeDefined();
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError);
      }
    }
  });
});

const anyLeaf = fc.constantFrom<unknown>(
  ...[null, true, "true", "str", "object", "#", "#/$defs/a", 0, -1, "5", [], {}, ["a", "a"], ["string", "null"], [{}]],
  ...[
    { a: {} },
    { a: ["b", "b"] },
    { $top: {} },
    [{ name: "a", type: "int" }],
    "http://json-schema.org/draft-07/schema#",
  ],
);
const KEYS =
  `type properties required items prefixItems additionalProperties anyOf oneOf allOf not enum const $ref $defs definitions $schema
  $id $anchor $dynamicRef $vocabulary minimum exclusiveMinimum maxLength pattern format description default dependentRequired dependencies
  unevaluatedItems propertyNames uniqueItems`.split(/\s+/);
const anySchema: fc.Arbitrary<object> = fc.letrec<{ value: unknown; schema: object }>((tie) => ({
  schema: fc.dictionary(fc.constantFrom(...KEYS), tie("value"), { maxKeys: 3 }),
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    anyLeaf,
    tie("schema"),
    fc.dictionary(fc.constantFrom("a", "$b", "c d"), tie("value"), { maxKeys: 2 }),
  ),
})).schema;
