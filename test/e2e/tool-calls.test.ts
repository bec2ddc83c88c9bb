import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { blocks, text, textBlock, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { TAKES_FORCED_CALLS } from "../support/models.ts";
import { receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { sseChunks } from "../support/sse.ts";
import { calling, functionTool, readMessage, result, user } from "../support/tools.ts";
import { readError } from "../support/wire.ts";

// Functions of the client's reach the model as its own tools, and its calls reach the client as the model wrote them.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const MODEL = "claude-sonnet-4";
const WEATHER = functionTool("get_weather", { type: "object", properties: { city: { type: "string" } } }, "Weather.");

async function ask(tools: object[], extra: object = {}) {
  app.simulator.enqueue(text("Done."));
  await readMessage(app.chat({ model: MODEL, tools, messages: [user("Hello")], ...extra }));
  const received = app.simulator.requests.at(-1);
  if (!received) throw new Error("no request arrived");
  return { body: JSON.parse(received.rawBody), request: received };
}

/** Asks, and then answers all calls: else the process would go on waiting, and the next test would need another. */
async function askAndAnswer(body: { readonly tools: object[]; readonly messages: object[] }) {
  const answer = await readMessage(app.chat({ model: MODEL, ...body }));
  const results = (answer.message.tool_calls ?? []).map(({ id }) => result(id, "Seen."));
  app.simulator.enqueue(text("Done."));
  await readMessage(app.chat({ model: MODEL, ...body, messages: [...body.messages, answer.message, ...results] }));
  return answer;
}

/** A stream's tool calls put together, and all else that is worth knowing of it. */
async function stream(body: object) {
  const chunks = sseChunks(await (await app.chat({ model: MODEL, stream: true, ...body })).text());
  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }: { delta: object }) => delta));
  const finish = chunks.flatMap(({ choices }) => choices.flatMap((choice: Choice) => choice.finish_reason ?? []));
  return { deltas, finish };
}
type Choice = { finish_reason: string | null };

describe("tools are offered to the model", () => {
  test("with their raw JSON Schema, whatever it holds, and without one", async () => {
    const parameters = {
      type: "object",
      $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } } } },
      properties: {
        when: { type: "string", format: "date-time" },
        unit: { enum: ["C", "F", null] },
        either: { anyOf: [{ type: "string" }, { type: "array", items: { $ref: "#/$defs/node" } }] },
        deep: { type: "object", properties: { a: { type: "object", properties: { b: { const: 1 } } } } },
      },
      required: ["when"],
      additionalProperties: false,
    };
    const bare = { type: "function", function: { name: "g" } };
    const { body } = await ask([functionTool("f", parameters, "What it does."), bare]);
    const [f, g] = body.tools;
    expect(f).toEqual({ name: "f", description: "What it does.", input_schema: parameters });
    expect(g).toMatchObject({ name: "g", input_schema: { type: "object" } });
  });

  test("with their whole description", async () => {
    const description = Array.from({ length: 1000 }, (_, i) => `${i}. What it does.\n\n`).join("");
    const { body } = await ask([
      functionTool("f", { type: "object", description: "Its own." }, description),
      functionTool("g"),
    ]);
    const own = { type: "object", description: "Its own." };
    expect(body.tools[0]).toEqual({ name: "f", description, input_schema: own });
  });

  test("dozens of them, with thousands of lines of schema", async () => {
    const properties = Object.fromEntries(
      Array.from({ length: 150 }, (_, i) => [
        `field_${i}`,
        { type: "string", description: `Field ${i}`, pattern: "^a" },
      ]),
    );
    const tools = Array.from({ length: 40 }, (_, i) => functionTool(`tool_${i}`, { type: "object", properties }));
    const { body } = await ask(tools);
    const offered = body.tools.map(({ name, input_schema }: { name: string; input_schema: object }) =>
      functionTool(name, input_schema),
    );
    expect(offered).toEqual(tools);
  });

  test("under their own names, also those that Claude Code has tools by", async () => {
    const names = ["Bash", "Read", "Task", "get-weather", "mcp__other__tool", "a".repeat(64)];
    const { body } = await ask(names.map((name) => functionTool(name)));
    expect(body.tools.map(({ name }: { name: string }) => name)).toEqual(names);
  });

  test("with slips in their schema that the API would refuse, mended", async () => {
    const parameters = {
      properties: {
        a: { type: "string", description: null, enum: null },
        b: { type: "any" },
        c: { type: "array", items: [{ type: "number", minimum: 0, exclusiveMinimum: true }], additionalItems: false },
      },
      required: ["a", "a"],
      additionalProperties: null,
    };
    const { body } = await ask([
      functionTool("f", parameters),
      functionTool("g", { type: null, properties: null, required: null }),
    ]);
    expect(body.tools).toEqual<unknown>([
      {
        name: "f",
        input_schema: {
          type: "object",
          properties: {
            a: { type: "string" },
            b: {},
            c: { type: "array", prefixItems: [{ type: "number", exclusiveMinimum: 0 }], items: false },
          },
          required: ["a"],
        },
      },
      { name: "g", input_schema: { type: "object" } },
    ]);
  });
});

describe("names that the API does not take", () => {
  test("are mapped without loss, even where they collide, and come back as the client wrote them", async () => {
    const names = ["a.b", "a_b", "a b", "ünï", "ToolSearch"];
    const { body } = await ask(names.map((name) => functionTool(name)));
    const offered: string[] = body.tools.map(({ name }: { name: string }) => name);
    expect(new Set(offered).size).toBe(names.length);
    expect(offered).toContain("a_b");
    app.simulator.enqueue(blocks(offered.map((name, i) => toolUse(`toolu_n${i}`, name, {}))));
    const { message } = await askAndAnswer({
      tools: names.map((name) => functionTool(name)),
      messages: [user("All of them")],
    });
    expect(message.tool_calls?.map((call) => call.function.name).sort()).toEqual(names.sort());
    const history = [user("q"), calling(null, ["call_1", "a.b"]), result("call_1", "r")];
    const { request } = await ask(
      names.map((name) => functionTool(name)),
      { messages: history },
    );
    const [, asked] = receivedTurns(request);
    expect(offered).toContain(String(asked?.content[0]?.name));
  });

  test("do not meet that of another tool in the history: both are told apart, to the model and to the client", async () => {
    const tools = [functionTool("a b")];
    const history = [user("q"), calling(null, ["call_1", "a_b"], ["call_2", "a b"])];
    const messages = [...history, result("call_1", "old"), result("call_2", "new")];
    const { body, request } = await ask(tools, { messages });
    const [, asked] = receivedTurns(request);
    const called = asked?.content.map(({ name }) => name);
    expect(called).toEqual(["a_b_2", "a_b"]);
    expect(body.tools).toMatchObject([{ name: "a_b" }]);
    app.simulator.enqueue(blocks([toolUse("toolu_o1", "a_b", {}), toolUse("toolu_o2", "a_b_2", {})]));
    const { message } = await askAndAnswer({ tools, messages: [...messages, user("Again")] });
    expect(message.tool_calls?.map((call) => call.function.name)).toEqual(["a b", "a_b"]);
  });
});

describe("calls stream as the model writes them", () => {
  test("id, type and name once and first, then argument pieces; each call with its index; text before and between", async () => {
    app.simulator.enqueue(
      blocks([
        thinkingBlock("Hm."),
        textBlock("Let me see. ", ["Let me ", "see. "]),
        toolUse("toolu_1", "get_weather", ['{"ci', 'ty":', '"Paris"}']),
        textBlock("And then.", ["And then."]),
        toolUse("toolu_2", "get_weather", ['{"city":"Rome"}']),
      ]),
    );
    const { deltas, finish } = await stream({ tools: [WEATHER], messages: [user("Weather?")] });
    const isThought = (delta: object) => "reasoning_content" in delta || "reasoning_details" in delta;
    expect(deltas.slice(1, -1).filter((delta) => !isThought(delta))).toEqual([
      { content: "Let me " },
      { content: "see. " },
      { tool_calls: [{ index: 0, id: "toolu_1", type: "function", function: { name: "get_weather", arguments: "" } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"ci' } }] },
      { tool_calls: [{ index: 0, function: { arguments: 'ty":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '"Paris"}' } }] },
      { content: "And then." },
      { tool_calls: [{ index: 1, id: "toolu_2", type: "function", function: { name: "get_weather", arguments: "" } }] },
      { tool_calls: [{ index: 1, function: { arguments: '{"city":"Rome"}' } }] },
    ]);
    expect(finish).toEqual(["tool_calls"]);
  });

  test("while the model still writes: a call's name arrives before its arguments are complete", async () => {
    app.simulator.enqueue(blocks([toolUse("toolu_3", "get_weather", ['{"city":', '"Paris"}'])], { delayMs: 400 }));
    const response = await app.chat({ model: MODEL, stream: true, tools: [WEATHER], messages: [user("Slow?")] });
    const reader = response.body?.getReader();
    let seen = "";
    while (!seen.includes("get_weather")) seen += new TextDecoder().decode((await reader?.read())?.value);
    expect(seen).not.toContain("Paris");
    await reader?.cancel();
  });

  test("not streamed, the answer is the same: content null where there is no text", async () => {
    app.simulator.enqueue(blocks([toolUse("toolu_4", "get_weather", { city: "Paris" })]));
    const { message, finishReason } = await askAndAnswer({ tools: [WEATHER], messages: [user("Paris?")] });
    expect(message).toMatchObject({ role: "assistant", content: null, refusal: null });
    expect(message.tool_calls).toEqual([
      { id: "toolu_4", type: "function", function: { name: "get_weather", arguments: '{"city":"Paris"}' } },
    ]);
    expect(finishReason).toBe("tool_calls");
  });

  test("a call without arguments has an empty object, which every client can parse", async () => {
    app.simulator.enqueue(blocks([toolUse("toolu_5", "get_weather", [])]));
    const { message } = await askAndAnswer({ tools: [WEATHER], messages: [user("Bare?")] });
    expect(message.tool_calls?.[0]?.function.arguments).toBe("{}");
  });

  test("stop texts end the text, and leave arguments alone", async () => {
    app.simulator.enqueue(
      blocks([textBlock("One. "), toolUse("toolu_6", "get_weather", ['{"city":"  END  "}'])], { verbatim: true }),
    );
    const body = { tools: [WEATHER], messages: [user("Stop?")], stop: ["END", "  "] };
    const { message } = await askAndAnswer(body);
    expect(message.tool_calls?.[0]?.function.arguments).toBe('{"city":"  END  "}');
  });
});

describe("what the model may call", () => {
  test("what a request says of calling reaches the API natively", async () => {
    const choices: [object, object | undefined][] = [
      [{ tool_choice: "auto" }, undefined],
      [{ tool_choice: "none" }, { type: "none" }],
      [{ tool_choice: "required" }, { type: "any" }],
      [{ tool_choice: { type: "function", function: { name: "get_weather" } } }, { type: "tool", name: "get_weather" }],
      [{ parallel_tool_calls: false }, { type: "auto", disable_parallel_tool_use: true }],
    ];
    for (const [extra, expected] of choices) {
      const { body } = await ask([WEATHER], { model: TAKES_FORCED_CALLS, ...extra });
      expect(body.tool_choice, JSON.stringify(extra)).toEqual(expected);
      expect(body.thinking === undefined).toBe(["any", "tool"].includes(body.tool_choice?.type));
    }
  });

  test("what one request chose does not reach the next", async () => {
    const model = TAKES_FORCED_CALLS;
    await ask([WEATHER], { model, tool_choice: "required" });
    const { body } = await ask([WEATHER], { model });
    expect(body.tool_choice).toBeUndefined();
    expect(body.thinking).toBeDefined();
  });

  test.each([{ tool_choice: "none" }, { parallel_tool_calls: false }])(
    "without tools, %j asks the API for nothing",
    async (extra) => {
      const { body } = await ask([], extra);
      expect(body.tool_choice).toBeUndefined();
    },
  );

  test("allowed_tools offers only those", async () => {
    const allowed = { mode: "auto", tools: [{ type: "function", function: { name: "get_weather" } }] };
    const extra = { tool_choice: { type: "allowed_tools", allowed_tools: allowed } };
    const { body } = await ask([WEATHER, functionTool("other")], extra);
    expect(body.tools.map(({ name }: { name: string }) => name)).toEqual(["get_weather"]);
  });

  test("a named function that is not among the tools is a 400 that names the field", async () => {
    const choice = { type: "function", function: { name: "nope" } };
    const response = await app.chat({ model: MODEL, tools: [WEATHER], tool_choice: choice, messages: [user("x")] });
    expect(response.status).toBe(400);
    expect((await readError(response)).param).toStartWith("tool_choice");
  });
});

test("functions and function_call of old work, and are answered in their own form", async () => {
  const functions = [{ name: "get_weather", parameters: { type: "object" } }];
  app.simulator.enqueue(blocks([toolUse("toolu_7", "get_weather", { city: "Oslo" })]), text("Cold."));
  const messages: object[] = [user("Weather in Oslo?")];
  const called = await readMessage(app.chat({ model: MODEL, functions, messages }));
  expect(called.finishReason).toBe("function_call");
  expect(called.message).toMatchObject({ function_call: { name: "get_weather", arguments: '{"city":"Oslo"}' } });
  expect(JSON.parse(app.simulator.requests.at(-1)?.rawBody ?? "").tool_choice).toMatchObject({
    disable_parallel_tool_use: true,
  });
  messages.push(called.message, { role: "function", name: "get_weather", content: "-3" });
  const { message } = await readMessage(app.chat({ model: MODEL, functions, messages }));
  expect(message.content).toBe("Cold.");
  const request = app.simulator.requests.at(-1);
  if (!request) throw new Error("no request arrived");
  expect(receivedTurns(request).map(({ content }) => content.map(({ type }) => type))).toEqual([
    ["text"],
    ["tool_use"],
    ["tool_result"],
  ]);
});
