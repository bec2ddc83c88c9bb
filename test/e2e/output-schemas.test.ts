import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { blocks, toolUse } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { readMessage, user } from "../support/tools.ts";
import { readError } from "../support/wire.ts";

// Schemas as programs write them are either asked of the model, with their meaning, or refused with the place that is wrong: the
// CLI itself would leave one that it cannot compile out without a word.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const body = (schema: object) => ({
  model: "claude-sonnet-4",
  messages: [user("Go.")],
  response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
});
const object = (properties: object, extra: object = {}) => ({ type: "object", properties, ...extra });
const give = (value: object) =>
  blocks([toolUse(`toolu_${crypto.randomUUID()}`, "StructuredOutput", [JSON.stringify(value)])]);
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

const USED: [name: string, schema: object, right: object, wrong: object][] = [
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

test.each(USED)("%s: a right answer passes, a wrong one is asked for again", async (_, schema, right, wrong) => {
  app.simulator.enqueue(give(wrong), give(right));
  const before = app.simulator.requests.length;
  const { message } = await readMessage(app.chat(body(schema)));
  expect(JSON.parse(message.content ?? "")).toEqual(right);
  expect(app.simulator.requests).toHaveLength(before + 2);
});

test.each<[string, object, string]>([
  ["a list at the root", { type: "array", items: {} }, "$.type"],
  ["a reference that leads nowhere", object({ a: { $ref: "#/components/schemas/x" } }), "$.properties.a"],
  ["a pattern that is none", object({ a: { pattern: "^a(" } }), "$.properties.a.pattern"],
  [
    "a tuple of several kinds",
    object({ a: { prefixItems: [{ type: "string" }, { type: "number" }] } }),
    "$.properties.a",
  ],
])("%s is a 400 that names the place, and asks no model", async (_, schema, place) => {
  const before = app.simulator.requests.length;
  const response = await app.chat(body(schema));
  expect(response.status).toBe(400);
  const error = await readError(response);
  expect(error.param).toBe("response_format");
  expect(error.message).toContain(place);
  expect(app.simulator.requests).toHaveLength(before);
});
