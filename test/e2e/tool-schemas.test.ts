import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { JsonObject } from "../../src/core/json.ts";
import { blocks, text, toolUse } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { sharedSchemas } from "../support/shared-schemas.ts";
import { sseChunks } from "../support/sse.ts";
import { calling, functionTool, readMessage, result, user } from "../support/tools.ts";
import { readError } from "../support/wire.ts";

// A function whose schema is not what the API takes is offered all the same, mended and by other names of its arguments; or the request
// is refused, by the tool and the place in its schema, before any model is asked.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const MODEL = "claude-sonnet-4";
const last = () => {
  const request = app.simulator.requests.at(-1);
  if (request === undefined) throw new Error("no request arrived");
  return request;
};
type Offered = { name: string; input_schema: { properties?: Record<string, unknown> } };
const offered = (): Offered[] => JSON.parse(last().rawBody).tools;

describe("a function is offered to the model whatever slips its schema has:", () => {
  const ofArgument: [string, unknown][] = [
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
  const ofAll: [string, unknown][] = [
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

  test("all of these, at once", async () => {
    const schemas = [
      ...ofArgument.map(([, a]) => ({ type: "object", properties: { a } })),
      ...ofAll.map(([, all]) => all),
    ];
    const tools = schemas.map((parameters, index) => functionTool(`f${index}`, Object(parameters)));
    app.simulator.enqueue(text("Done."));
    await readMessage(app.chat({ model: MODEL, tools, messages: [user("Hello")] }));
    const names = [...ofArgument, ...ofAll].map(([name], index) => `f${index}: ${name}`);
    const received = offered().map(({ name }) => names.find((slip) => slip.startsWith(`${name}: `)));
    expect(received.toSorted()).toEqual(names.toSorted());
  });

  test.each<[string, object, string]>([
    ["of a type that nobody knows", { type: "starship" }, "$.properties.a.type must be one of"],
    ["with a bound that is none", { type: "integer", minimum: "low" }, "$.properties.a.minimum must be a number."],
  ])("but not one %s: that is refused, by name and place, and nobody is asked", async (_, argument, problem) => {
    const before = app.simulator.requests.length;
    const tools = [functionTool("fine"), functionTool("f", { type: "object", properties: { a: argument } })];
    const response = await app.chat({ model: MODEL, tools, messages: [user("Hello")] });
    expect(response.status).toBe(400);
    const { message, param } = await readError(response);
    expect(param).toBe("tools");
    expect(message).toContain(`the tool "f": ${problem}`);
    expect(app.simulator.requests).toHaveLength(before);
  });

  test("for any schemas, each is offered or refused by its name", async () => {
    const runs = Number(process.env.FIDELITY_RUNS ?? 1);
    const run = async (schemas: object[]) => {
      const tools = schemas.map((parameters, index) => functionTool(`f${index}`, parameters));
      for (;;) {
        app.simulator.enqueue(text("Done."));
        const response = await app.chat({ model: MODEL, tools, messages: [user("Any?")] });
        if (response.status === 200) break;
        const { message } = await readError(response);
        const [, name] = /parameters of the tool "(f\d+)": \$/.exec(message) ?? [];
        const [, place] = /'tools\[(\d+)\]\.function\.parameters/.exec(message) ?? [];
        const index = name ? tools.findIndex((tool) => tool.function.name === name) : Number(place ?? -1);
        if (response.status !== 400 || index < 0) throw new Error(`status ${response.status}: ${message}`);
        tools.splice(index, 1);
        app.simulator.clearQueue();
      }
      if (tools.length > 0) {
        expect(
          offered()
            .map(({ name }) => name)
            .toSorted(),
        ).toEqual(tools.map((tool) => tool.function.name).toSorted());
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(anySchema, { minLength: 60, maxLength: 60 }), run), { numRuns: runs });
  });
});

test("texts of functions arrive to the letter: what Unicode has other forms of, and what is invisible", async () => {
  const words = "… ½ ﬁ （是）ทำ 👨‍👩‍👧 a\u200bb e\u0301 \ue000";
  const parameters = {
    type: "object",
    description: words,
    properties: {
      a: { type: "string", enum: words.split(" ") },
      b: { type: "object", properties: { [words]: { const: words } } },
    },
  };
  const tools = [functionTool("f", parameters, words)];
  app.simulator.enqueue(blocks([toolUse("toolu_u1", "f", { a: "½" })]), text("Done."), text("Plain."));
  const messages: object[] = [user("Hello")];
  const { message } = await readMessage(app.chat({ model: MODEL, tools, messages }));
  expect(offered()).toEqual<unknown>([{ name: "f", description: words, input_schema: parameters }]);
  await readMessage(app.chat({ model: MODEL, tools, messages: [...messages, message, result("toolu_u1", "r")] }));
  expect(offered()).toMatchObject([{ description: words, input_schema: parameters }]);
  await readMessage(app.chat({ model: MODEL, messages: [user("No functions")] }));
  expect(offered()).toEqual([]);
});

describe("names of arguments that the API does not take", () => {
  const NAMES = ["$top", "filter[id]", "größe", "x".repeat(65), "top"];
  const API_NAMES = ["top_2", "filter_id", "grosse", "x".repeat(60), "top"];
  const schema = {
    type: "object",
    properties: Object.fromEntries(NAMES.map((name) => [name, {}])),
    required: ["$top"],
  };
  const tools = [functionTool("f", schema)];
  const args = Object.fromEntries(NAMES.map((name, index) => [name, { $top: index }]));
  const apiArgs = Object.fromEntries(API_NAMES.map((name, index) => [name, { $top: index }]));

  test("reach it by others, in schema and history, and come back in calls, streamed or not", async () => {
    const json = JSON.stringify(apiArgs);
    const pieces = json.match(/.{1,7}/gs) ?? [];
    app.simulator.enqueue(blocks([toolUse("toolu_s1", "f", pieces)]), text("Done."), text("Again."));
    const messages: object[] = [
      user("Call"),
      calling(null, ["call_1", "f", JSON.stringify(args)]),
      result("call_1", "r"),
    ];
    const streamed = await app.chat({ model: MODEL, tools, messages, stream: true });
    const deltas = sseChunks(await streamed.text()).flatMap(({ choices }) =>
      choices.map(({ delta }: { delta: Delta }) => delta),
    );
    const written = deltas.flatMap(
      ({ tool_calls }) => tool_calls?.map((call: Call) => call.function?.arguments ?? "") ?? [],
    );
    expect(written.join("")).toBe(JSON.stringify(args));
    expect(written.filter((piece) => piece !== "").length).toBeGreaterThan(5);
    expect(offered()).toMatchObject([
      { input_schema: { properties: Object.fromEntries(API_NAMES.map((name) => [name, {}])), required: ["top_2"] } },
    ]);
    expect(receivedTurns(last())[1]?.content).toMatchObject([{ type: "tool_use", input: apiArgs }]);

    const call = calling(null, ["toolu_s1", "f", written.join("")]);
    const answered = [...messages, call, result("toolu_s1", "r")];
    for (const extra of [[], [{ role: "assistant", content: "Done." }, user("And?")]]) {
      await readMessage(app.chat({ model: MODEL, tools, messages: [...answered, ...extra] }));
      const calls = receivedTurns(last()).flatMap(({ content }) => content.filter(({ type }) => type === "tool_use"));
      expect(calls.map(({ input }) => input)).toEqual([apiArgs, apiArgs]);
    }
  });

  test("do so for Anthropic's clients, too", async () => {
    app.simulator.enqueue(blocks([toolUse("toolu_s2", "f", apiArgs)]));
    const response = await fetch(`${app.url}/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: MODEL,
        max_tokens: 2000,
        tools: [{ name: "f", input_schema: schema }],
        messages: [user("Call")],
      }),
    });
    expect(await response.json()).toMatchObject({ content: [{ type: "tool_use", input: args }] });
  });
});

type Call = { function?: { arguments?: string } };
type Delta = { tool_calls?: Call[] };

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

// Of the other places the decoders alone are different: what they make of a schema goes the same ways.
describe("a small schema of many shared references holds nothing up, in every kind of place that takes one:", () => {
  const names = Object.keys(sharedSchemas());
  const headers = { "content-type": "application/json" };
  const chat = { model: MODEL, messages: [{ role: "user", content: "hi" }] };
  const message = { ...chat, max_tokens: 100 };
  const response = { model: MODEL, input: "hi" };
  const places: Record<string, [path: string, body: (schema: JsonObject) => object]> = {
    "a chat's tools": [
      "/v1/chat/completions",
      (parameters) => ({ ...chat, tools: [{ type: "function", function: { name: "f", parameters } }] }),
    ],
    "a chat's answer": [
      "/v1/chat/completions",
      (schema) => ({
        ...chat,
        response_format: { type: "json_schema", json_schema: { name: "a", schema, strict: true } },
      }),
    ],
    "a response's answer": [
      "/v1/responses",
      (schema) => ({ ...response, text: { format: { type: "json_schema", name: "a", schema } } }),
    ],
    "a message's custom tools": [
      "/v1/messages",
      (input_schema) => ({ ...message, tools: [{ type: "custom", name: "f", input_schema, strict: true }] }),
    ],
    "tokens to count": [
      "/v1/messages/count_tokens",
      (input_schema) => ({ ...chat, tools: [{ name: "f", input_schema }] }),
    ],
  };
  test.each(Object.entries(places))("%s", async (_, [path, body]) => {
    for (const name of names) {
      const response = await fetch(app.url + path, {
        method: "POST",
        headers,
        body: JSON.stringify(body(sharedSchemas()[name] ?? {})),
      });
      const answer = await response.text();
      if (![200, 400, 502].includes(response.status)) throw new Error(`${response.status} for ${name}: ${answer}`);
    }
  });
});
