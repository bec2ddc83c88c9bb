import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Json } from "../../src/core/json.ts";
import { blocks, text, toolUse } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { receivedTurns } from "../support/received.ts";
import { SCHEMA_SLIPS } from "../support/schema-slips.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { sharedSchemas } from "../support/shared-schemas.ts";
import { sseChunks } from "../support/sse.ts";
import { calling, functionTool, readMessage, result, user } from "../support/tools.ts";
import { readError } from "../support/wire.ts";

// A function whose schema is not what the API takes is offered all the same, mended and by other names of its arguments; or the request
// is refused, by the tool and the place in its schema, before any model is asked. All schemas, without the CLI: test/tool-schemas.test.ts.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const MODEL = "claude-sonnet-4";
const last = () => app.simulator.requests.at(-1) ?? expect.unreachable();
type Offered = { name: string; input_schema: { properties?: Record<string, unknown> } };
const offered = (): Offered[] => JSON.parse(last().rawBody).tools;

test("functions are offered to the model whatever slips their schemas have, and those of many shared references, too", async () => {
  const named = Object.fromEntries(SCHEMA_SLIPS.map(([slip, parameters], index) => [`f${index}: ${slip}`, parameters]));
  for (const [index, [name, schema]] of Object.entries(sharedSchemas()).entries()) named[`s${index}: ${name}`] = schema;
  const names = Object.keys(named);
  const tools = Object.entries(named).map(([name, schema]) => functionTool(name.replace(/:.*/, ""), schema));
  app.simulator.enqueue(text("Done."));
  await readMessage(app.chat({ model: MODEL, tools, messages: [user("Hello")] }));
  const received = offered().map(({ name }) => names.find((slip) => slip.startsWith(`${name}: `)));
  expect(received).toEqual(names);
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

describe("what the API would not take, or the CLI change:", () => {
  const words = "… ½ ﬁ （是）ทำ 👨‍👩‍👧 a\u200bb e\u0301 \ue000";
  const texts = {
    type: "object",
    description: words,
    properties: {
      a: { type: "string", enum: words.split(" ") },
      b: { type: "object", properties: { [words]: { const: words } } },
    },
  };
  const NAMES = ["$top", "filter[id]", "größe", "x".repeat(65), "top"];
  const API_NAMES = ["top_2", "filter_id", "grosse", "x".repeat(60), "top"];
  const schema = {
    type: "object",
    properties: Object.fromEntries(NAMES.map((name) => [name, {}])),
    required: ["$top"],
  };
  const tools = [functionTool("f", schema), functionTool("g", texts, words)];
  const args = Object.fromEntries(NAMES.map((name, index) => [name, { $top: index }]));
  const apiArgs = Object.fromEntries(API_NAMES.map((name, index) => [name, { $top: index }]));
  const messages: object[] = [
    user("Call"),
    calling(null, ["call_1", "f", JSON.stringify(args)]),
    result("call_1", "r"),
  ];
  /** The pieces of the call's arguments, as the client was told them. */
  let written: string[];
  beforeAll(async () => {
    const pieces = JSON.stringify(apiArgs).match(/.{1,7}/gs) ?? [];
    app.simulator.enqueue(blocks([toolUse("toolu_s1", "f", pieces)]));
    const streamed = await app.chat({ model: MODEL, tools, messages, stream: true });
    const deltas = sseChunks(await streamed.text()).flatMap(({ choices }) =>
      choices.map(({ delta }: { delta: Delta }) => delta),
    );
    written = deltas.flatMap(({ tool_calls }) => tool_calls?.map((call: Call) => call.function?.arguments ?? "") ?? []);
  });

  test("texts of functions arrive to the letter, with what Unicode has other forms of, and what is invisible", () => {
    expect(offered()[1]).toEqual<unknown>({ name: "g", description: words, input_schema: texts });
  });

  test("names of arguments reach it by others, in schema and history, and come back in calls", async () => {
    expect(written.join("")).toBe(JSON.stringify(args));
    expect(written.filter((piece) => piece !== "").length).toBeGreaterThan(5);
    expect(offered()[0]).toMatchObject({
      input_schema: { properties: Object.fromEntries(API_NAMES.map((name) => [name, {}])), required: ["top_2"] },
    });
    expect(receivedTurns(last())[1]?.content).toMatchObject([{ type: "tool_use", input: apiArgs }]);

    const answered = [...messages, calling(null, ["toolu_s1", "f", written.join("")]), result("toolu_s1", "r")];
    app.simulator.enqueue(text("Done."), text("Again."));
    for (const extra of [[], [{ role: "assistant", content: "Done." }, user("And?")]]) {
      await readMessage(app.chat({ model: MODEL, tools, messages: [...answered, ...extra] }));
      const calls = receivedTurns(last()).flatMap(({ content }) => content.filter(({ type }) => type === "tool_use"));
      expect(calls.map(({ input }) => input)).toEqual([apiArgs, apiArgs]);
    }
  });
});

type Call = { function?: { arguments?: string } };
type Delta = { tool_calls?: Call[] };

// What else is as large is refused before.
test("an answer's schema of many shared references holds nothing up, neither here nor in the CLI", async () => {
  const properties: Record<string, Json> = {};
  const $defs: Record<string, Json> = {};
  for (const [prefix, name] of Object.entries({ a_: "two properties alike", b_: "nine types, each within any" })) {
    const { $defs: own, ...one } = sharedSchemas((to) => ({ $ref: `#/$defs/${prefix}${to}` }))[name] ?? {};
    properties[name] = one;
    for (const [key, definition] of Object.entries<Json>(Object(own))) $defs[`${prefix}${key}`] = definition;
  }
  const json_schema = { name: "a", schema: { type: "object", properties, $defs } };
  app.simulator.enqueue(blocks([toolUse("toolu_many", "StructuredOutput", {})]));
  const body = { model: MODEL, messages: [user("hi")], response_format: { type: "json_schema", json_schema } };
  expect((await readMessage(app.chat(body))).message.content).toBe("{}");
});
