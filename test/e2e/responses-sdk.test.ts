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
import { type RunningBinary, requestsDuring, sharedBinary } from "../support/binary.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { playClaude } from "../support/played-claude.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { openSocket } from "../support/socket.ts";
import { servingPid } from "../support/steps.ts";

// The Responses API by the official SDK, through the built binary: what the model was asked in the end is the proof. An answer that is cut off:
// dialect-parameters.test.ts; a stream that is left: binary-sdk.test.ts.

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

test("the stream helper, which is strict about the events, collects text, thinking and calls, and one process serves what comes after them", async () => {
  // Which process it is tells the log of this one.
  await using own = await shareHarness();
  const { responses } = new OpenAI({ baseURL: `${own.url}/v1`, apiKey: "anything", maxRetries: 0 });
  own.simulator.enqueue(
    blocks([
      { type: "thinking", chunks: ["Let me ", "think."] },
      textBlock("I will look."),
      toolUse("toolu_s1", "weather", { city: "Rome" }),
      toolUse("toolu_s2", "patch", { input: 'line "one"\n' }),
    ]),
    text("Sunny."),
    text("You are welcome."),
  );
  const tools: Tool[] = [WEATHER, { type: "custom", name: "patch", description: "Changes files" }];
  const before = own.simulator.requests.length;
  const types: string[] = [];
  const reasoning = { effort: "high", summary: "auto" } as const;
  const stream = responses.stream({ model, input: "Look, please.", reasoning, tools });
  for await (const event of stream) types.push(event.type);
  const first = await stream.finalResponse();
  expect(first.output).toMatchObject([
    { type: "reasoning", summary: [{ type: "summary_text", text: "Let me think." }] },
    { type: "message", content: [{ type: "output_text", text: "I will look." }] },
    { type: "function_call", call_id: "toolu_s1", name: "weather", arguments: '{"city":"Rome"}' },
    { type: "custom_tool_call", call_id: "toolu_s2", name: "patch", input: 'line "one"\n' },
  ]);
  expect(types[0]).toBe("response.created");
  expect(types.at(-1)).toBe("response.completed");

  const pids = [servingPid(own)];
  let previous_response_id = first.id;
  const results: ResponseInputItem[] = [
    { type: "function_call_output", call_id: "toolu_s1", output: "sun" },
    { type: "custom_tool_call_output", call_id: "toolu_s2", output: "done" },
  ];
  for (const input of [results, "Thanks!"]) {
    previous_response_id = (await responses.create({ model, input, reasoning, tools, previous_response_id })).id;
    pids.push(servingPid(own));
  }
  expect(new Set(pids).size).toBe(1);
  const requests = own.simulator.requests.slice(before).map(receivedTurns);
  expect(requests.map(({ length }) => length)).toEqual([1, 3, 5]);
  for (const [index, turns] of requests.slice(1).entries()) {
    const earlier = requests[index] ?? [];
    expect(turns.slice(0, earlier.length)).toEqual(earlier);
  }
  expect(requests[2]?.slice(2)).toMatchObject([
    { role: "user", content: [{ tool_use_id: "toolu_s1" }, { tool_use_id: "toolu_s2" }] },
    assistant("Sunny."),
    user("Thanks!"),
  ]);
});

test("a loop of calls asks the model once a step, with everything before, where nothing is stored", async () => {
  app.simulator.enqueue(
    blocks([textBlock("Let me look."), toolUse("toolu_1", "weather", { city: "Rome" })]),
    text("In Rome."),
  );
  const requests = await during(async () => {
    const input: ResponseInputItem[] = [{ role: "user", content: "Where is the sun?" }];
    const params = { model, tools: [WEATHER], store: false };
    const first = await client.responses.stream({ ...params, input }).finalResponse();
    const result = { type: "function_call_output" as const, call_id: "toolu_1", output: "sun" };
    input.push(...first.output.map(asInput), result);
    expect((await client.responses.stream({ ...params, input }).finalResponse()).output_text).toBe("In Rome.");
  });
  const call = { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Rome" } };
  const conversation: ConversationTurn[] = [
    user("Where is the sun?"),
    { role: "assistant", content: [said("Let me look."), call] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: [said("sun")] }] },
  ];
  expect(requests.map(receivedTurns)).toEqual([1, 3].map((length) => conversation.slice(0, length)));
});

test("what was stored is there after a restart, unless it was to be in memory alone", async () => {
  using claude = playClaude();
  claude.put();
  const state = mkdtempSync(join(tmpdir(), "claude-max-api-state-"));
  const start = (store: boolean) =>
    startHarness({ config: { claudePath: claude.path, store }, env: { XDG_STATE_HOME: state } });
  // Nobody need be asked for one to be kept.
  const keep = async ({ url }: Harness) => {
    const socket = await openSocket(url);
    const { response } = await socket.create({ model, input: "Keep.", generate: false });
    socket.close();
    return response?.id ?? expect.unreachable();
  };
  const found = ({ url }: Harness, id: string) =>
    new OpenAI({ baseURL: `${url}/v1`, apiKey: "anything", maxRetries: 0 }).responses
      .retrieve(id)
      .catch((error: unknown) => error);
  let ids: readonly string[];
  {
    await using forgetful = await start(false);
    ids = [await keep(forgetful)];
    expect(await found(forgetful, ids[0] ?? "")).toMatchObject({ status: "completed" });
  }
  {
    await using first = await start(true);
    ids = [...ids, await keep(first)];
  }
  await using second = await start(true);
  const [unkept = "", kept = ""] = ids;
  expect(await found(second, unkept)).toBeInstanceOf(OpenAI.NotFoundError);
  expect(await found(second, kept)).toMatchObject({ id: kept, status: "completed" });
  rmSync(state, { recursive: true, force: true });
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
