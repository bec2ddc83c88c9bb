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

/**
 * What programs write beside or in place of the standard's keywords, several kinds at the root, recursion, and a reference to the whole: in one
 * schema, to which one process of the CLI is bound. Each by itself, without the CLI: test/claude/schemas/used-schemas.test.ts.
 */
const ODD = object(
  {
    k: {},
    tree: { $ref: "#/$defs/Node" },
    next: { $ref: "#" },
    n: { type: "number", nullable: true, minimum: 0, exclusiveMinimum: true },
    mail: { type: "string", pattern: "^[\\w-\\.]+@([\\w-]+\\.)+[\\w-]{2,4}$" },
    a: { type: "string", example: "x", "x-order": 1 },
    "first name": { type: "string" },
    c: {},
    d: {},
  },
  {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    oneOf: [kind("a"), kind("b")],
    dependentRequired: { c: ["d"] },
    $defs: {
      Node: object({ children: { type: "array", items: { $ref: "#/$defs/Node" } } }, { required: ["children"] }),
    },
  },
);

const RIGHT = {
  k: "a",
  tree: { children: [{ children: [] }] },
  next: { k: "b", n: 0.5 },
  mail: "a.b-c@x.de",
  "first name": "x",
};

test.each<[string, object]>([
  ["of none of the kinds", { k: "c" }],
  ["with what is wrong deep in a definition that refers to itself", { k: "a", tree: { children: [{}] } }],
  ["with a wrong part that is as the whole is", { k: "a", next: { k: "b", n: 0 } }],
  ["without what depends on another", { k: "a", c: 1 }],
])("a right answer passes, one %s is asked for again", async (_, wrong) => {
  app.simulator.enqueue(give(wrong), give(RIGHT));
  const before = app.simulator.requests.length;
  const { message } = await readMessage(app.chat(body(ODD)));
  expect(JSON.parse(message.content ?? "")).toEqual(RIGHT);
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
