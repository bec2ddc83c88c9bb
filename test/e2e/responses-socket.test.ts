import { afterAll, beforeAll, expect, test } from "bun:test";
import OpenAI from "openai";
import { ResponsesWebSocketSession } from "openai/lib/responses/responses-websocket-session";
import type { ResponsesServerEvent } from "openai/resources/responses/responses";
import { ResponsesWS } from "openai/resources/responses/ws";
import type { ConversationTurn } from "../../src/simulator/messages-body.ts";
import { blocks, hangMidStream, text, textBlock, toolUse } from "../../src/simulator/reply.ts";
import { requestsDuring } from "../support/binary.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { playClaude } from "../support/played-claude.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { isEnd, openSocket } from "../support/socket.ts";
import { until } from "../support/wait.ts";
import { readHealth } from "../support/wire.ts";

// Responses that outlast a request: on a WebSocket by the official SDK, and streamed from the background, through the real CLI.

let app: Harness;
let client: OpenAI;
beforeAll(async () => {
  app = await shareHarness();
  client = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: "anything", maxRetries: 0 });
});
afterAll(() => app[Symbol.asyncDispose]());

const model = "claude-sonnet-4";
const during = (work: () => Promise<unknown>) => requestsDuring(app.simulator, work);
const said = (content: string) => ({ type: "text", text: content });
const user = (content: string): ConversationTurn => ({ role: "user", content: [said(content)] });
const assistant = (content: string): ConversationTurn => ({ role: "assistant", content: [said(content)] });

type Create = Omit<OpenAI.Responses.ResponsesClientEvent.ResponseCreate, "type" | "model">;

/** The response that a request on the SDK's socket comes to; throws an `error` event. */
async function answered(socket: ResponsesWS, create: Create) {
  const ended = Promise.withResolvers<OpenAI.Responses.Response>();
  const look = (event: ResponsesServerEvent) => {
    if (event.type === "response.completed" || event.type === "response.failed") ended.resolve(event.response);
  };
  socket.on("event", look);
  socket.on("error", ended.reject);
  socket.send({ type: "response.create", model, ...create });
  try {
    return await ended.promise;
  } finally {
    socket.off("event", look);
    socket.off("error", ended.reject);
  }
}

test("the SDK's socket holds a conversation with calls, of which nothing is stored", async () => {
  app.simulator.enqueue(
    text("Hello"),
    blocks([textBlock("I look."), toolUse("toolu_w1", "weather", { city: "Rome" })]),
    text("Sunny"),
  );
  const socket = new ResponsesWS(client);
  const tools: OpenAI.Responses.Tool[] = [
    {
      type: "function",
      name: "weather",
      strict: false,
      parameters: { type: "object", properties: { city: { type: "string" } } },
    },
  ];
  const requests = await during(async () => {
    const settings = { store: false, instructions: "Be kind.", tools };
    const warm = await answered(socket, { ...settings, input: [], ...{ generate: false } });
    const first = await answered(socket, { ...settings, input: "Hi", previous_response_id: warm.id });
    const second = await answered(socket, { ...settings, input: "Rome?", previous_response_id: first.id });
    expect(second.output.at(-1)).toMatchObject({ type: "function_call", call_id: "toolu_w1", name: "weather" });
    const third = await answered(socket, {
      ...settings,
      previous_response_id: second.id,
      input: [{ type: "function_call_output", call_id: "toolu_w1", output: "sunny" }],
    });
    expect(third.output).toMatchObject([{ type: "message", content: [{ text: "Sunny" }] }]);
  });
  socket.close();
  expect(requests.map(receivedSystem)).toEqual(["Be kind.", "Be kind.", "Be kind."]);
  const [, second, third] = requests.map((request) => receivedTurns(request));
  expect(second).toEqual([user("Hi"), assistant("Hello"), user("Rome?")]);
  expect(third?.slice(0, 3)).toEqual(second ?? []);
  expect(third?.at(-1)).toMatchObject({ role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_w1" }] });
});

test("the SDK's lanes, which are strict about the events, are answered at once on one socket", async () => {
  app.simulator.enqueue(text("One"), text("Two"));
  const socket = new ResponsesWS(client);
  const session = new ResponsesWebSocketSession(socket, {
    maxLanes: 2,
    maxBufferedEvents: 100,
    maxBufferedBytes: 1_000_000,
  });
  const lanes = ["a", "b"].map((name) => session.lane(name));
  if (socket.socket.readyState !== WebSocket.OPEN) await new Promise<void>((open) => socket.socket.on("open", open));
  for (const lane of lanes) lane.create({ model, input: `I am lane ${lane.streamID}`, store: false });
  const responses = await Promise.all(lanes.map((lane) => lane.finalResponse()));
  expect(responses.map(({ output_text }) => output_text).sort()).toEqual(["One", "Two"]);
  session.close();
  socket.close();
});

test("the SDK gets an error as an event, and the socket stays open", async () => {
  const socket = new ResponsesWS(client);
  const failure = await answered(socket, { input: "Hi", previous_response_id: "resp_0" }).catch((error) => error);
  expect(failure.error).toMatchObject({ type: "error", status: 400, error: { code: "previous_response_not_found" } });
  const unknown = { input: [], model: "gpt-0", ...{ generate: false } };
  const neverAsked = await answered(socket, unknown).catch((error) => error);
  expect(neverAsked.error).toMatchObject({ type: "error", status: 404, error: { code: "model_not_found" } });
  app.simulator.enqueue(text("Still here"));
  expect((await answered(socket, { input: "Hi" })).output).toMatchObject([{ content: [{ text: "Still here" }] }]);
  socket.close();
});

test("a client that leaves in the middle gives the turn up", async () => {
  const socket = await openSocket(app.url);
  app.simulator.enqueue(hangMidStream("Once upon a time"));
  socket.send({ type: "response.create", model, input: "Tell" });
  await socket.next(({ type }) => type === "response.output_text.delta");
  socket.close();
  await until(async () => (await readHealth(app.url)).workers.busy === 0, "the process is free");
});

test("a response that is streamed from the background is picked up by the SDK where it was left", async () => {
  app.simulator.enqueue(text("Once upon a time"));
  const stream = await client.responses.create({ model, input: "Tell", background: true, stream: true });
  const types: string[] = [];
  let id = "";
  let last = -1;
  for await (const event of stream) {
    types.push(event.type);
    last = event.sequence_number;
    if (event.type === "response.created") id = event.response.id;
    if (event.type === "response.queued") break;
  }
  const rest = await client.responses.retrieve(id, { stream: true, starting_after: last });
  for await (const event of rest) {
    types.push(event.type);
    expect(event.sequence_number).toBe(++last);
  }
  expect(types.slice(0, 3)).toEqual(["response.created", "response.queued", "response.in_progress"]);
  expect(types.at(-1)).toBe("response.completed");
  const again = client.responses.stream({ response_id: id });
  expect((await again.finalResponse()).output_text).toBe("Once upon a time");
  expect((await client.responses.retrieve(id)).output_text).toBe("Once upon a time");
});

test("the SDK cancels one whose stream it reads, which then just ends", async () => {
  app.simulator.enqueue(hangMidStream("Once upon a time"));
  const stream = await client.responses.create({ model, input: "Tell", background: true, stream: true });
  let id = "";
  let last = "";
  for await (const event of stream) {
    last = event.type;
    if (event.type === "response.created") id = event.response.id;
    if (event.type === "response.output_text.delta") {
      expect(await client.responses.cancel(id)).toMatchObject({ status: "cancelled" });
    }
  }
  expect(last).toBe("response.output_text.delta");
});

test("a server that stops ends what runs on a socket with an error, and closes it", async () => {
  using claude = playClaude();
  claude.put();
  await using other = await startHarness({ config: { claudePath: claude.path } });
  const socket = await openSocket(other.url);
  const idle = await openSocket(other.url);
  socket.send({ type: "response.create", model, input: "Please only begin." });
  await socket.next(({ type }) => type === "response.output_text.delta");
  const stopped = other.app.stop(300);
  expect((await idle.closed).code).toBe(1001);
  expect(await socket.create({ model, input: "More" })).toMatchObject({
    type: "error",
    error: { code: "shutting_down" },
  });
  expect(await socket.next(isEnd)).toMatchObject({ type: "response.failed", response: { status: "failed" } });
  expect((await socket.closed).code).toBe(1001);
  await stopped;
});
