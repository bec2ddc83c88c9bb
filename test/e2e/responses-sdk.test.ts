import { beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import type { ResponseInputItem, Tool } from "openai/resources/responses/responses";
import { z } from "zod";
import type { ConversationTurn } from "../../src/simulator/messages-body.ts";
import { apiError, blocks, errorMidStream, text, textBlock, toolUse } from "../../src/simulator/reply.ts";
import { type RunningBinary, requestsDuring, sharedBinary, startBinary } from "../support/binary.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { servingPid } from "../support/steps.ts";

// The Responses API by the official SDK, through the built binary: what the model was asked in the end is the proof.

let app: RunningBinary;
let client: OpenAI;
beforeAll(async () => {
  app = await sharedBinary();
  client = app.client;
});

const model = "claude-sonnet-4";
const during = (work: () => Promise<unknown>) => requestsDuring(app.simulator, work);
const said = (content: string) => ({ type: "text", text: content });
const user = (content: string): ConversationTurn => ({ role: "user", content: [said(content)] });
const assistant = (...texts: string[]): ConversationTurn => ({ role: "assistant", content: texts.map(said) });

const WEATHER: Tool = {
  type: "function",
  name: "weather",
  description: "Tells the weather",
  strict: false,
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

test("responses.create answers, with instructions as the system prompt", async () => {
  app.simulator.enqueue(text("Hi there"));
  const [request] = await during(async () => {
    const response = await client.responses.create({ model, instructions: "Be kind.", input: "Hello" });
    expect(response.output_text).toBe("Hi there");
    expect(response.status).toBe("completed");
    expect(response.usage?.total_tokens).toBeGreaterThan(0);
  });
  expect(request && receivedSystem(request)).toBe("Be kind.");
  expect(request && receivedTurns(request)).toEqual([user("Hello")]);
});

test("the stream helper, which is strict about the events, collects text, thinking and calls", async () => {
  app.simulator.enqueue(
    blocks([
      { type: "thinking", chunks: ["Let me ", "think."] },
      textBlock("I will look."),
      toolUse("toolu_s1", "weather", { city: "Rome" }),
      toolUse("toolu_s2", "patch", { input: 'line "one"\n' }),
    ]),
  );
  const types: string[] = [];
  const stream = client.responses.stream({
    model,
    input: "Look, please.",
    reasoning: { effort: "high", summary: "auto" },
    tools: [WEATHER, { type: "custom", name: "patch", description: "Changes files" }],
  });
  for await (const event of stream) types.push(event.type);
  const { output } = await stream.finalResponse();
  expect(output).toMatchObject([
    { type: "reasoning", summary: [{ type: "summary_text", text: "Let me think." }] },
    { type: "message", content: [{ type: "output_text", text: "I will look." }] },
    { type: "function_call", call_id: "toolu_s1", name: "weather", arguments: '{"city":"Rome"}' },
    { type: "custom_tool_call", call_id: "toolu_s2", name: "patch", input: 'line "one"\n' },
  ]);
  expect(types[0]).toBe("response.created");
  expect(types.at(-1)).toBe("response.completed");
});

test.each([true, false])(
  "a loop of calls asks the model once a step, with everything before (previous_response_id: %p)",
  async (stored) => {
    const prompt = `Where is the sun? ${stored}`;
    app.simulator.enqueue(
      blocks([textBlock("Let me look."), toolUse(`toolu_1${stored}`, "weather", { city: "Rome" })]),
      blocks([toolUse(`toolu_2${stored}`, "weather", { city: "Oslo" })]),
      text("In Rome."),
    );
    const requests = await during(async () => {
      let input: ResponseInputItem[] = [{ role: "user", content: prompt }];
      let previous: string | undefined;
      for (let step = 0; step < 3; step++) {
        const stream = client.responses.stream({
          model,
          input,
          tools: [WEATHER],
          store: stored,
          previous_response_id: previous,
        });
        const response = await stream.finalResponse();
        const calls = response.output.filter((item) => item.type === "function_call");
        if (calls.length === 0) expect(response.output_text).toBe("In Rome.");
        const results = calls.map(({ call_id }) => ({ type: "function_call_output" as const, call_id, output: "sun" }));
        previous = stored ? response.id : undefined;
        input = stored ? results : [...input, ...response.output.map(asInput), ...results];
      }
    });
    const call = (id: string, city: string) => ({ type: "tool_use", id, name: "weather", input: { city } });
    const gave = (id: string): ConversationTurn => ({
      role: "user",
      content: [{ type: "tool_result", tool_use_id: id, content: [said("sun")] }],
    });
    const conversation: ConversationTurn[] = [
      user(prompt),
      { role: "assistant", content: [said("Let me look."), call(`toolu_1${stored}`, "Rome")] },
      gave(`toolu_1${stored}`),
      { role: "assistant", content: [call(`toolu_2${stored}`, "Oslo")] },
      gave(`toolu_2${stored}`),
    ];
    expect(requests.map(receivedTurns)).toEqual([1, 3, 5].map((length) => conversation.slice(0, length)));
  },
);

test("one process serves a conversation of stored responses, calls and thinking included", async () => {
  await using own = await shareHarness();
  const { responses } = new OpenAI({ baseURL: `${own.url}/v1`, apiKey: "anything", maxRetries: 0 });
  own.simulator.enqueue(
    blocks([
      { type: "thinking", chunks: ["Hm."] },
      textBlock("Let me look."),
      toolUse("toolu_o", "weather", { city: "Rome" }),
    ]),
    blocks([toolUse("toolu_c", "patch", { input: "a" })]),
    text("Sunny."),
    text("You are welcome."),
  );
  const tools: Tool[] = [WEATHER, { type: "custom", name: "patch" }];
  const result = (call_id: string, type: "function_call_output" | "custom_tool_call_output") => [
    { type, call_id, output: "done" } as const,
  ];
  const inputs = [
    "Look.",
    result("toolu_o", "function_call_output"),
    result("toolu_c", "custom_tool_call_output"),
    "Thanks!",
  ];
  const pids: number[] = [];
  const before = own.simulator.requests.length;
  let previous: string | undefined;
  for (const input of inputs) {
    previous = (await responses.create({ model, input, tools, previous_response_id: previous })).id;
    pids.push(servingPid(own));
  }
  expect(new Set(pids).size).toBe(1);
  expect(own.simulator.requests.length - before).toBe(4);
});

test("what was stored is there after a restart, unless it was to be in memory alone", async () => {
  const answers = async (...flags: string[]) => {
    const state = mkdtempSync(join(tmpdir(), "claude-max-api-state-"));
    const options = { flags, env: { XDG_STATE_HOME: state } };
    let id = "";
    {
      await using first = await startBinary(options);
      first.simulator.enqueue(text("Kept."));
      id = (await first.client.responses.create({ model, input: "Keep." })).id;
    }
    await using second = await startBinary(options);
    const found = await second.client.responses.retrieve(id).catch((error: unknown) => error);
    rmSync(state, { recursive: true, force: true });
    return found;
  };
  expect(await answers()).toMatchObject({ output_text: "Kept." });
  expect(await answers("--no-store")).toBeInstanceOf(OpenAI.NotFoundError);
});

test("a response in the background is polled until it is there", async () => {
  app.simulator.enqueue(text("Done in the background.", { delayMs: 5 }));
  let response = await client.responses.create({ model, input: "Later.", background: true });
  expect(response.status).toBe("queued");
  while (response.status === "queued" || response.status === "in_progress") {
    await Bun.sleep(20);
    response = await client.responses.retrieve(response.id);
  }
  expect(response.output_text).toBe("Done in the background.");
});

/** An output item as it goes back: as the SDK gave it, without what it adds. */
function asInput(item: { type: string }): ResponseInputItem {
  const { parsed_arguments: _, ...rest } = item as { type: string; parsed_arguments?: unknown };
  return rest as ResponseInputItem;
}

test("previous_response_id and item_reference go on with what was stored", async () => {
  app.simulator.enqueue(text("One."), text("Two."), text("Three."));
  const requests = await during(async () => {
    const first = await client.responses.create({ model, input: "Count." });
    const second = await client.responses.create({ model, input: "On.", previous_response_id: first.id });
    const [message] = second.output;
    await client.responses.create({
      model,
      input: [
        { type: "item_reference", id: first.output[0]?.id ?? "" },
        { type: "item_reference", id: message?.id ?? "" },
        { role: "user", content: "And?" },
      ],
    });
  });
  expect(requests.map(receivedTurns)).toEqual([
    [user("Count.")],
    [user("Count."), assistant("One."), user("On.")],
    [user("[The conversation begins with your message.]"), assistant("One.", "Two."), user("And?")],
  ]);
});

test("a stored response can be retrieved, its input listed, and deleted", async () => {
  app.simulator.enqueue(text("Kept."));
  const { id, output } = await client.responses.create({ model, input: "Keep this.", metadata: { a: "b" } });
  expect(await client.responses.retrieve(id)).toMatchObject({ id, output, metadata: { a: "b" } });
  const listed: unknown[] = [];
  for await (const item of client.responses.inputItems.list(id)) listed.push(item);
  expect(listed).toMatchObject([
    { type: "message", role: "user", content: [{ type: "input_text", text: "Keep this." }] },
  ]);
  expect(await client.responses.cancel(id).catch((error: unknown) => error)).toBeInstanceOf(OpenAI.BadRequestError);
  await client.responses.delete(id);
  expect(await client.responses.retrieve(id).catch((error: unknown) => error)).toBeInstanceOf(OpenAI.NotFoundError);
});

test("responses.parse gives what zod parsed", async () => {
  const Trip = z.object({ title: z.string(), days: z.number().int() });
  app.simulator.enqueue(text('{"title":"South","days":2}'));
  const response = await client.responses.parse({
    model,
    input: "Plan a trip.",
    text: { format: zodTextFormat(Trip, "trip") },
  });
  expect(response.output_parsed).toEqual({ title: "South", days: 2 });
});

test("an answer that is cut off is incomplete", async () => {
  app.simulator.enqueue(text("A long answer that goes on and on and on."));
  const response = await client.responses.create({ model, input: "Talk.", max_output_tokens: 3 });
  expect(response.status).toBe("incomplete");
  expect(response.incomplete_details).toEqual({ reason: "max_output_tokens" });
  expect(response.output).toMatchObject([{ type: "message", status: "incomplete" }]);
});

test("errors before the answer become the SDK's own error classes", async () => {
  const failure = (body: { model: string; stream: boolean }) =>
    client.responses.create({ ...body, input: "Fail." }).catch((error: unknown) => error);
  expect(await failure({ model: "nope", stream: true })).toBeInstanceOf(OpenAI.NotFoundError);
  app.simulator.enqueue(apiError(429, "rate_limit_error", "slow down"));
  expect(await failure({ model, stream: true })).toBeInstanceOf(OpenAI.RateLimitError);
});

test("a failure in the middle of a stream is its last event, and says what failed", async () => {
  app.simulator.enqueue(errorMidStream("So far"));
  const events: { type: string }[] = [];
  const stream = await client.responses.create({ model, input: "Break.", stream: true });
  for await (const event of stream) events.push(event);
  expect(events.at(-1)).toMatchObject({
    type: "response.failed",
    response: { status: "failed", error: { code: "server_error" }, output: [{ status: "incomplete" }] },
  });
});

test("leaving the stream ends the model's turn", async () => {
  const count = app.simulator.requests.length + 1;
  app.simulator.enqueue(text("a ".repeat(2000), { delayMs: 20 }));
  const stream = await client.responses.create({ model, input: "Leave.", stream: true });
  for await (const event of stream) if (event.type === "response.output_text.delta") break;
  await app.simulator.waitForRequests(count);
  await app.simulator.requests[count - 1]?.aborted;
  expect(app.simulator.requests[count - 1]?.isAborted).toBe(true);
});
