import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { blocks, hangMidStream, text, textBlock, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { TAKES_FORCED_CALLS } from "../support/models.ts";
import { receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { sseChunks } from "../support/sse.ts";
import {
  calling,
  functionTool,
  readMessage,
  readStreamedMessage,
  result,
  type ToolCall,
  type ToolMessage,
  user,
} from "../support/tools.ts";

// Functions of the client's reach the model as its own tools, and its calls reach the client as the model wrote them.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const MODEL = "claude-sonnet-4";
const WEATHER = functionTool("get_weather", { type: "object", properties: { city: { type: "string" } } }, "Weather.");

const last = () => app.simulator.requests.at(-1) ?? expect.unreachable();
const lastBody = () => JSON.parse(last().rawBody);

async function ask(tools: object[], extra: object = {}) {
  app.simulator.enqueue(text("Done."));
  // Streamed, as for a question alone another process might be started.
  await readStreamedMessage(app.chat({ model: MODEL, tools, messages: [user("Hello")], ...extra, stream: true }));
  return lastBody();
}

type Body = { readonly tools: object[]; readonly messages: object[] };

/** Answers all calls: else the process would go on waiting, and the next test would need another. */
async function answerCalls({ tools, messages }: Body, message: ToolMessage) {
  const results = (message.tool_calls ?? []).map(({ id }) => result(id, "Seen."));
  app.simulator.enqueue(text("Done."));
  await readMessage(app.chat({ model: MODEL, tools, messages: [...messages, message, ...results] }));
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
  const description = Array.from({ length: 1000 }, (_, i) => `${i}. What it does.\n\n`).join("");
  const properties = Object.fromEntries(
    Array.from({ length: 100 }, (_, i) => [`field_${i}`, { type: "string", description: `Field ${i}`, pattern: "^a" }]),
  );
  const dozens = Array.from({ length: 25 }, (_, i) => functionTool(`tool_${i}`, { type: "object", properties }));
  const own = ["Bash", "Read", "Task", "get-weather", "mcp__other__tool", "a".repeat(64)];
  const odd = ["a.b", "a_b", "a b", "ünï", "ToolSearch"];
  const tools = [
    functionTool("f", parameters, "What it does."),
    { type: "function", function: { name: "g" } },
    functionTool("long", { type: "object", description: "Its own." }, description),
    ...dozens,
    ...[...own, ...odd].map((name) => functionTool(name)),
  ];
  let offered: { name: string; input_schema: object }[];
  /** The client's message of the calls of those with odd names. */
  let called: ToolMessage;
  beforeAll(async () => {
    // What the API knows them by is plain once they are offered.
    const history = [user("q"), calling(null, ["call_1", "a.b"]), result("call_1", "r")];
    ({ tools: offered } = await ask(tools, { messages: history }));
    const body = { tools: tools.slice(-own.length - odd.length), messages: [user("All of them")] };
    app.simulator.enqueue(blocks(offered.slice(-odd.length).map(({ name }, i) => toolUse(`toolu_n${i}`, name, {}))));
    ({ message: called } = await readStreamedMessage(app.chat({ model: MODEL, ...body, stream: true })));
    await answerCalls(body, called);
  });

  test("with their raw JSON Schema, whatever it holds, and without one", () => {
    expect(offered[0]).toEqual<unknown>({ name: "f", description: "What it does.", input_schema: parameters });
    expect(offered[1]).toMatchObject({ name: "g", input_schema: { type: "object" } });
  });

  test("with their whole description", () => {
    const input_schema = { type: "object", description: "Its own." };
    expect(offered[2]).toEqual<unknown>({ name: "long", description, input_schema });
  });

  test("dozens of them, with thousands of lines of schema", () => {
    expect(offered.slice(3, -11).map(({ name, input_schema }) => functionTool(name, input_schema))).toEqual(dozens);
  });

  test("under their own names, also those that Claude Code has tools by", () => {
    expect(offered.slice(-11, -5).map(({ name }) => name)).toEqual(own);
  });

  test("those with names that the API does not take mapped without loss, even where they collide, and called as the client wrote them", () => {
    const names = offered.map(({ name }) => name);
    expect(new Set(names).size).toBe(tools.length);
    expect(names.slice(-odd.length)).toContain("a_b");
    expect(called.content).toBeNull();
    expect(called.tool_calls?.map((call) => call.function.name)).toEqual(odd);
    const [, asked] = receivedTurns(app.simulator.requests.at(-3) ?? expect.unreachable());
    expect(asked?.content[0]?.name).toBe(names.at(-odd.length));
  });
});

test("a name that the API does not take does not meet that of another tool in the history: both are told apart, to the model and to the client", async () => {
  const tools = [functionTool("a b")];
  const history = [user("q"), calling(null, ["call_1", "a_b"], ["call_2", "a b"])];
  const messages = [...history, result("call_1", "old"), result("call_2", "new"), user("Again")];
  app.simulator.enqueue(blocks([toolUse("toolu_o1", "a_b", {}), toolUse("toolu_o2", "a_b_2", {})]));
  const { message } = await readMessage(app.chat({ model: MODEL, tools, messages }));
  const [, asked] = receivedTurns(last());
  expect(asked?.content.map(({ name }) => name)).toEqual(["a_b_2", "a_b"]);
  expect(lastBody().tools).toMatchObject([{ name: "a_b" }]);
  expect(message.tool_calls?.map((call) => call.function.name)).toEqual(["a b", "a_b"]);
  await answerCalls({ tools, messages }, message);
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
    const body = { tools: [WEATHER], messages: [user("Weather?")] };
    const { deltas, finish } = await stream(body);
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
    const called = (id: string, args: string): ToolCall => ({
      id,
      type: "function",
      function: { name: "get_weather", arguments: args },
    });
    const tool_calls = [called("toolu_1", '{"city":"Paris"}'), called("toolu_2", '{"city":"Rome"}')];
    const told: ToolMessage = { role: "assistant", content: "Let me see. And then.", tool_calls };
    await answerCalls(body, told);
  });

  test("while the model still writes: a call's name arrives before its arguments are complete", async () => {
    app.simulator.enqueue(hangMidStream([toolUse("toolu_3", "get_weather", ['{"city":'])]));
    const response = await app.chat({ model: MODEL, stream: true, tools: [WEATHER], messages: [user("Slow?")] });
    const reader = response.body?.getReader();
    let seen = "";
    while (!seen.includes("get_weather")) seen += new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
  });

  test("not streamed, they are the same; without arguments they have an empty object, and stop texts leave arguments alone", async () => {
    app.simulator.enqueue(
      blocks(
        [
          textBlock("One. "),
          toolUse("toolu_6", "get_weather", ['{"city":"  END  "}']),
          toolUse("toolu_5", "get_weather", []),
        ],
        { verbatim: true },
      ),
    );
    const body = { tools: [WEATHER], messages: [user("Stop?")] };
    const { message, finishReason } = await readMessage(app.chat({ model: MODEL, ...body, stop: ["END", "  "] }));
    expect(message).toMatchObject({ role: "assistant", content: "One. ", refusal: null });
    const call = (id: string, args: string) => ({
      id,
      type: "function",
      function: { name: "get_weather", arguments: args },
    });
    expect(message.tool_calls).toEqual<unknown>([call("toolu_6", '{"city":"  END  "}'), call("toolu_5", "{}")]);
    expect(finishReason).toBe("tool_calls");
    await answerCalls(body, message);
  });
});

// What each choice becomes for the CLI: test/claude/pool/turn-settings.test.ts.
describe("what the model may call", () => {
  test("what a request says of calling reaches the API natively", async () => {
    const choices: [object, object][] = [
      [{ tool_choice: { type: "function", function: { name: "get_weather" } } }, { type: "tool", name: "get_weather" }],
      [{ parallel_tool_calls: false }, { type: "auto", disable_parallel_tool_use: true }],
    ];
    for (const [extra, expected] of choices) {
      const body = await ask([WEATHER], { model: TAKES_FORCED_CALLS, ...extra });
      expect(body.tool_choice, JSON.stringify(extra)).toEqual(expected);
      expect(body.thinking === undefined).toBe(body.tool_choice.type === "tool");
    }
  });

  test("what one request chose does not reach the next", async () => {
    const model = TAKES_FORCED_CALLS;
    await ask([WEATHER], { model, tool_choice: "required" });
    const body = await ask([WEATHER], { model });
    expect(body.tool_choice).toBeUndefined();
    expect(body.thinking).toBeDefined();
  });

  test("without tools, a choice among them asks the API for nothing", async () => {
    expect((await ask([], { tool_choice: "none", parallel_tool_calls: false })).tool_choice).toBeUndefined();
  });
});

test("functions and function_call of old work, and are answered in their own form", async () => {
  const functions = [{ name: "get_weather", parameters: { type: "object" } }];
  app.simulator.enqueue(blocks([toolUse("toolu_7", "get_weather", { city: "Oslo" })]), text("Cold."));
  const messages: object[] = [user("Weather in Oslo?")];
  const called = await readMessage(app.chat({ model: MODEL, functions, messages }));
  expect(called.finishReason).toBe("function_call");
  expect(called.message).toMatchObject({ function_call: { name: "get_weather", arguments: '{"city":"Oslo"}' } });
  expect(lastBody().tool_choice).toMatchObject({ disable_parallel_tool_use: true });
  messages.push(called.message, { role: "function", name: "get_weather", content: "-3" });
  const { message } = await readMessage(app.chat({ model: MODEL, functions, messages }));
  expect(message.content).toBe("Cold.");
  expect(receivedTurns(last()).map(({ content }) => content.map(({ type }) => type))).toEqual([
    ["text"],
    ["tool_use"],
    ["tool_result"],
  ]);
});
