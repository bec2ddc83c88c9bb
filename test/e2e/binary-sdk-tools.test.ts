import { beforeAll, expect, test } from "bun:test";
import OpenAI from "openai";
import { zodFunction } from "openai/helpers/zod";
import type { RunnableToolFunctionWithoutParse } from "openai/lib/RunnableFunction";
import { z } from "zod";
import type { ConversationTurn } from "../../src/simulator/messages-body.ts";
import { blocks, text, textBlock, toolUse } from "../../src/simulator/reply.ts";
import { type RunningBinary, requestsDuring, sharedBinary } from "../support/binary.ts";
import { receivedTurns } from "../support/received.ts";

// The SDK's own tool loops through the built binary: what the model was asked in the end is the proof. They stream: a process forgets for those
// who wait, while another is started for those who do not.

let app: RunningBinary;
beforeAll(async () => {
  app = await sharedBinary();
});

const MODEL = "claude-sonnet-4";
const ask = (content: string) => [{ role: "user" as const, content }];
const during = (work: () => Promise<unknown>) => requestsDuring(app.simulator, work);
const completions = () => app.client.chat.completions;

const said = (content: string) => ({ type: "text", text: content });
const called = (id: string, name: string, input: object) => ({ type: "tool_use", id, name, input });
const gave = (id: string, content: string) => ({ type: "tool_result", tool_use_id: id, content: [said(content)] });

/** A function of one text argument. */
function tool(name: string, run: (args: string) => unknown): RunnableToolFunctionWithoutParse {
  const parameters = { type: "object" as const, properties: { city: { type: "string" as const } }, required: ["city"] };
  return { type: "function", function: { name, description: `Does ${name}`, parameters, function: run } };
}

test("a loop of several steps, one with parallel calls, asks the model once a step with everything before", async () => {
  app.simulator.enqueue(
    blocks([textBlock("Let me look."), toolUse("toolu_1", "cities", { city: "all" })]),
    blocks([toolUse("toolu_2", "weather", { city: "Rome" }), toolUse("toolu_3", "weather", { city: "Oslo" })]),
    text("Rome it is."),
  );
  const bothRun = Promise.withResolvers<void>();
  const asked: string[] = [];
  const weather = async (args: string) => {
    if (asked.push(args) === 2) bothRun.resolve();
    await bothRun.promise;
    return args.includes("Rome") ? "sunny" : { rain: true };
  };
  const params = {
    model: MODEL,
    messages: ask("Where is the sun?"),
    tools: [tool("cities", () => "Rome and Oslo"), tool("weather", weather)],
  };
  const runner = completions().runTools({ ...params, stream: true });
  const requests = await during(async () => expect(await runner.finalContent()).toBe("Rome it is."));
  expect(asked).toEqual(['{"city":"Rome"}', '{"city":"Oslo"}']);
  expect(requests.map(({ body }) => body.tools?.map(({ name }) => name))).toEqual(Array(3).fill(["cities", "weather"]));
  const conversation: ConversationTurn[] = [
    { role: "user", content: [said("Where is the sun?")] },
    { role: "assistant", content: [said("Let me look."), called("toolu_1", "cities", { city: "all" })] },
    { role: "user", content: [gave("toolu_1", "Rome and Oslo")] },
    {
      role: "assistant",
      content: [called("toolu_2", "weather", { city: "Rome" }), called("toolu_3", "weather", { city: "Oslo" })],
    },
    { role: "user", content: [gave("toolu_2", "sunny"), gave("toolu_3", '{"rain":true}')] },
  ];
  expect(requests.map(receivedTurns)).toEqual([1, 3, 5].map((length) => conversation.slice(0, length)));
});

test("the streaming loop tells each step's chunks, calls, results and messages in their order, and sums up what all steps cost", async () => {
  const usage = { input_tokens: 10, cache_read_input_tokens: 200, cache_creation_input_tokens: 0, output_tokens: 7 };
  app.simulator.enqueue(
    blocks([toolUse("toolu_1", "weather", ["", '{"city":', '"Rome"}'])], { usage }),
    text("Sunny.", { chunks: ["Sun", "ny."], usage }),
  );
  const events: unknown[] = [];
  const runner = completions().runTools({
    model: MODEL,
    messages: ask("Events?"),
    tools: [tool("weather", () => "sunny")],
    stream: true,
    stream_options: { include_usage: true },
  });
  runner
    .on("functionToolCall", ({ name, arguments: args }) => events.push(["call", name, args]))
    .on("functionToolCallResult", (result) => events.push(["result", result]))
    .on("content", (delta) => events.push(["content", delta]))
    .on("message", ({ role }) => events.push(["message", role]))
    .on("finalContent", (content) => events.push(["final", content]));
  let finishes: unknown[] = [];
  for await (const { choices } of runner) finishes.push(choices[0]?.finish_reason);
  finishes = finishes.filter((reason) => reason != null);
  expect(finishes).toEqual(["tool_calls", "stop"]);
  expect(events).toEqual([
    ["message", "assistant"],
    ["call", "weather", '{"city":"Rome"}'],
    ["message", "tool"],
    ["result", "sunny"],
    ["content", "Sun"],
    ["content", "ny."],
    ["message", "assistant"],
    ["final", "Sunny."],
  ]);
  expect(await runner.totalUsage()).toMatchObject({ prompt_tokens: 420, completion_tokens: 14, total_tokens: 434 });
});

test("zodFunction: the model is held to zod's schema, the function gets parsed arguments", async () => {
  const parameters = z.object({ city: z.string(), days: z.number().int(), unit: z.enum(["C", "F"]).nullable() });
  const given: z.infer<typeof parameters>[] = [];
  const forecast = zodFunction({
    name: "forecast",
    description: "Tells the weather",
    parameters,
    function: (args) => {
      given.push(args);
      return "mild";
    },
  });
  app.simulator.enqueue(
    blocks([toolUse("toolu_1", "forecast", { city: "Rome", days: 3, unit: null })]),
    text("Mild for 3 days."),
  );
  const runner = completions().runTools({
    model: MODEL,
    messages: ask("How will it be?"),
    tools: [forecast],
    stream: true,
  });
  const [first] = await during(() => runner.done());
  expect(given).toEqual([{ city: "Rome", days: 3, unit: null }]);
  // The schema says strict, so it arrives as the API keeps one: without what it has no words for.
  const { $schema: _, properties, ...schema } = Object(forecast.function.parameters);
  const input_schema = { ...schema, properties: { ...properties, days: { type: "integer" } } };
  expect(first?.body.tools).toEqual([
    expect.objectContaining({ name: "forecast", description: "Tells the weather", strict: true, input_schema }),
  ]);
});

test("arguments that the tool cannot parse: the model is told why, and may call again", async () => {
  const square = zodFunction({
    name: "square",
    parameters: z.object({ side: z.number() }),
    function: ({ side }) => side * side,
  });
  app.simulator.enqueue(
    blocks([toolUse("toolu_1", "square", { side: "four" })]),
    blocks([toolUse("toolu_2", "square", { side: 4 })]),
    text("16"),
  );
  const runner = completions().runTools({
    model: MODEL,
    messages: ask("The square of four?"),
    tools: [square],
    stream: true,
  });
  const requests = await during(async () => expect(await runner.finalContent()).toBe("16"));
  expect(requests.length).toBe(3);
  const [, , told, , result] = receivedTurns(requests[2] ?? expect.unreachable());
  expect(JSON.stringify(told)).toContain("expected number, received string");
  expect(result).toEqual({ role: "user", content: [gave("toolu_2", "16")] });
});

test("a tool that throws ends the loop; nothing more is asked, and the client can tell the model what happened", async () => {
  const failing = [tool("launch", () => Promise.reject(new Error("no fuel")))];
  app.simulator.enqueue(blocks([toolUse("toolu_1", "launch", { city: "Oslo" })]));
  const runner = completions().runTools({ model: MODEL, messages: ask("Launch!"), tools: failing, stream: true });
  const requests = await during(async () => {
    await expect(runner.finalContent()).rejects.toThrow("no fuel");
  });
  expect(requests.length).toBe(1);
  app.simulator.enqueue(text("Then not."));
  const result = { role: "tool" as const, tool_call_id: "toolu_1", content: "Error: no fuel" };
  const working = [tool("launch", () => "up")];
  const again = completions().runTools({
    model: MODEL,
    messages: [...runner.messages, result],
    tools: working,
    stream: true,
  });
  const [next, ...others] = await during(async () => expect(await again.finalContent()).toBe("Then not."));
  expect(others).toEqual([]);
  expect(receivedTurns(next ?? expect.unreachable())).toEqual([
    { role: "user", content: [said("Launch!")] },
    { role: "assistant", content: [called("toolu_1", "launch", { city: "Oslo" })] },
    { role: "user", content: [gave("toolu_1", "Error: no fuel")] },
  ]);
});

test("a call of a tool that there is not is answered by the SDK, never by the CLI", async () => {
  app.simulator.enqueue(blocks([toolUse("toolu_1", "teleport", { city: "Rome" })]), text("I cannot."));
  const runner = completions().runTools({
    model: MODEL,
    messages: ask("To Rome!"),
    tools: [tool("walk", () => "slow")],
    stream: true,
  });
  const requests = await during(async () => expect(await runner.finalContent()).toBe("I cannot."));
  expect(requests.map(receivedTurns).at(-1)).toEqual([
    { role: "user", content: [said("To Rome!")] },
    { role: "assistant", content: [called("toolu_1", "teleport", { city: "Rome" })] },
    {
      role: "user",
      content: [gave("toolu_1", 'Invalid tool_call: "teleport". Available options are: "walk". Please try again')],
    },
  ]);
});

test("a tool that the API would not take is a BadRequestError that names it, and nobody is asked", async () => {
  const odd = { type: "object", properties: { a: { type: "strange" } } };
  const tools = [{ name: "fine" }, { name: "odd", parameters: odd }].map((definition) => ({
    type: "function" as const,
    function: definition,
  }));
  const count = app.simulator.requests.length;
  const error = await completions()
    .create({ model: MODEL, messages: ask("Odd?"), tools })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(OpenAI.BadRequestError);
  expect(String(error)).toContain('"odd"');
  expect(app.simulator.requests).toHaveLength(count);
});
