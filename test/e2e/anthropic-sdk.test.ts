import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { z } from "zod";
import {
  apiError,
  blocks,
  errorMidStream,
  text,
  textBlock,
  thinkingBlock,
  toolUse,
} from "../../src/simulator/reply.ts";
import { startServer } from "../server/harness.ts";
import { type RunningBinary, sharedBinary } from "../support/binary.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";

// The official SDK, with nothing set but the base URL and some key, through the built binary.

const MODEL = "claude-sonnet-4";
const PLAIN = { model: MODEL, max_tokens: 1000, messages: [{ role: "user" as const, content: "Hello" }] };
/** Of so few tokens as those none are left for thinking. */
const THOUGHTFUL = { ...PLAIN, max_tokens: 4000 };

const WEATHER: Anthropic.Tool = {
  name: "get_weather",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

let app: RunningBinary;
let client: Anthropic;
beforeAll(async () => {
  app = await sharedBinary();
  client = app.anthropic;
});
afterEach(() => app.simulator.clearQueue());

const failure = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("messages.create", () => {
  test("carries the system prompt, the turns and the stop sequences as they are", async () => {
    app.simulator.enqueue(text("one two END three"));
    const message = await client.messages.create({
      ...PLAIN,
      system: [{ type: "text", text: "Be brief." }],
      stop_sequences: ["END"],
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", content: [{ type: "text", text: "b" }] },
        { role: "user", content: [{ type: "text", text: "c" }] },
      ],
    });
    expect(message.content).toMatchObject([{ type: "text", text: "one two " }]);
    expect([message.stop_reason, message.stop_sequence]).toEqual(["stop_sequence", "END"]);
    const received = app.simulator.requests.at(-1);
    if (received === undefined) throw new Error("nothing arrived");
    expect(receivedSystem(received)).toBe("Be brief.");
    expect(receivedTurns(received)).toMatchObject([
      { role: "user", content: [{ type: "text", text: "a" }] },
      { role: "assistant", content: [{ type: "text", text: "b" }] },
      { role: "user", content: [{ type: "text", text: "c" }] },
    ]);
  });

  test("says which of several stop sequences ended the answer, also one that is only white space", async () => {
    app.simulator.enqueue(text("one STOP two"), text("one\n\ntwo"));
    const body = { ...PLAIN, stop_sequences: ["END", "STOP", "\n\n"] };
    const first = await client.messages.create(body);
    expect<unknown>([first.content, first.stop_sequence]).toEqual([[{ type: "text", text: "one " }], "STOP"]);
    const second = await client.messages.stream(body).finalMessage();
    expect([second.stop_reason, second.stop_sequence]).toEqual(["stop_sequence", "\n\n"]);
  });

  test("keeps the blocks of an answer apart, and in their order, as a stream does, with the API's own id and usage", async () => {
    const usage = {
      input_tokens: 11,
      cache_read_input_tokens: 22,
      cache_creation_input_tokens: 33,
      output_tokens: 44,
    };
    const written = blocks(
      [thinkingBlock("Hm."), textBlock("One."), thinkingBlock("So."), textBlock("Two."), textBlock("3")],
      { usage },
    );
    app.simulator.enqueue(written, written);
    const body = { ...THOUGHTFUL, thinking: { type: "adaptive" as const } };
    const whole = await client.messages.create(body);
    expect(whole.content).toMatchObject([
      { type: "thinking", thinking: "Hm.", signature: expect.stringMatching(/./) },
      { type: "text", text: "One." },
      { type: "thinking", thinking: "So." },
      { type: "text", text: "Two." },
      { type: "text", text: "3" },
    ]);
    expect<object>([whole.stop_reason, whole.stop_sequence]).toEqual(["end_turn", null]);
    expect(whole.usage).toMatchObject(usage);
    expect(whole.id).toStartWith("msg_");
    expect(whole._request_id).toStartWith("req_");
    const streamed = await client.messages.stream(body).finalMessage();
    expect<unknown>(JSON.parse(JSON.stringify(streamed.content))).toEqual(whole.content);
  });

  test("tells of thinking only when it is asked to", async () => {
    app.simulator.enqueue(blocks([thinkingBlock("Hm."), textBlock("So.")]));
    const plain = await client.messages.create(PLAIN);
    expect(plain.content).toMatchObject([{ type: "text", text: "So." }]);
  });

  test("gives structured output, by the format that the SDK made", async () => {
    app.simulator.enqueue(text('{"city":"Paris","sights":2}'));
    const format = zodOutputFormat(z.object({ city: z.string(), sights: z.number().min(1) }));
    const message = await client.messages.parse({ ...PLAIN, output_config: { format } });
    expect(message.parsed_output).toEqual({ city: "Paris", sights: 2 });
    expect(message.stop_reason).toBe("end_turn");
    const { type, schema } = format;
    expect(app.simulator.requests.at(-1)?.body.output_config?.format).toEqual({ type, schema });
  });
});

describe("messages.stream", () => {
  test("streams text, and collects the message that create gives", async () => {
    app.simulator.enqueue(text("Hi there", { thinking: "Hm.", usage: { input_tokens: 5, output_tokens: 7 } }));
    const stream = client.messages.stream({ ...PLAIN, thinking: { type: "enabled", budget_tokens: 1024 } });
    const [texts, thoughts]: [string[], string[]] = [[], []];
    stream.on("text", (delta) => void texts.push(delta)).on("thinking", (delta) => void thoughts.push(delta));
    const message = await stream.finalMessage();
    expect([texts.join(""), thoughts.join("")]).toEqual(["Hi there", "Hm."]);
    expect(message.content).toMatchObject([
      { type: "thinking", thinking: "Hm.", signature: expect.stringMatching(/./) },
      { type: "text", text: "Hi there" },
    ]);
    expect(message.usage).toMatchObject({ input_tokens: 5, output_tokens: 7 });
    expect(message.stop_reason).toBe("end_turn");
  });

  test("begins with the API's own count of the prompt, also behind the results of calls", async () => {
    const usage = { input_tokens: 5, cache_read_input_tokens: 70, cache_creation_input_tokens: 9, output_tokens: 7 };
    const more = { ...usage, input_tokens: 6 };
    const call = blocks([toolUse("toolu_u1", "get_weather", { city: "Bern" })], { usage });
    app.simulator.enqueue(call, text("Mild.", { usage: more }));
    const startOf = async (messages: Anthropic.MessageParam[]) => {
      const stream = await client.messages.create({ ...PLAIN, messages, tools: [WEATHER], stream: true });
      const events = await Array.fromAsync(stream);
      return events[0]?.type === "message_start" ? events[0].message.usage : undefined;
    };
    const question: Anthropic.MessageParam = { role: "user", content: "Bern?" };
    expect(await startOf([question])).toMatchObject({ ...usage, output_tokens: 1 });
    const called = { type: "tool_use" as const, id: "toolu_u1", name: "get_weather", input: { city: "Bern" } };
    const result = { type: "tool_result" as const, tool_use_id: "toolu_u1", content: "Mild" };
    const followUp = await startOf([
      question,
      { role: "assistant", content: [called] },
      { role: "user", content: [result] },
    ]);
    expect(followUp).toMatchObject({ ...more, output_tokens: 1 });
  });

  test("tells a failure in the middle as the SDK's error", async () => {
    app.simulator.enqueue(errorMidStream("Hi"));
    const error = await failure(client.messages.stream(PLAIN).finalMessage());
    expect(error).toBeInstanceOf(Anthropic.APIError);
    expect(error).toMatchObject({ type: "overloaded_error" });
  });

  test("ends the model's turn when it is aborted", async () => {
    const count = app.simulator.requests.length + 1;
    app.simulator.enqueue(text("a ".repeat(2000), { delayMs: 20 }));
    const stream = client.messages.stream(PLAIN);
    for await (const event of stream) if (event.type === "content_block_delta") break;
    await app.simulator.waitForRequests(count);
    await app.simulator.requests[count - 1]?.aborted;
    expect(app.simulator.requests[count - 1]?.isAborted).toBe(true);
  });
});

describe("errors are the SDK's own classes", () => {
  test("of the server's", async () => {
    expect(await failure(client.messages.create({ ...PLAIN, model: "nope" }))).toBeInstanceOf(Anthropic.NotFoundError);
    const invalid = await failure(client.messages.create({ ...PLAIN, messages: [] }));
    expect(invalid).toBeInstanceOf(Anthropic.BadRequestError);
    expect(invalid).toMatchObject({ type: "invalid_request_error", requestID: expect.stringMatching(/^req_/) });
  });

  test("of the API's", async () => {
    app.simulator.enqueue(apiError(429, "rate_limit_error", "slow down"));
    expect(await failure(client.messages.create(PLAIN))).toBeInstanceOf(Anthropic.RateLimitError);
    app.simulator.enqueue(apiError(529, "overloaded_error", "busy"));
    expect(await failure(client.messages.stream(PLAIN).finalMessage())).toMatchObject({
      status: 529,
      type: "overloaded_error",
    });
  });
});

test("models.list and models.retrieve have Anthropic's shape", async () => {
  const models: Anthropic.ModelInfo[] = [];
  for await (const model of client.models.list()) models.push(model);
  expect(models.map(({ id }) => id)).toEqual(expect.arrayContaining(["claude-opus-4", MODEL]));
  expect(await client.models.retrieve(MODEL)).toMatchObject({ type: "model", id: MODEL });
  expect(await failure(client.models.retrieve("nope"))).toBeInstanceOf(Anthropic.NotFoundError);
});

test("the server's key is taken from either header, and asked for in Anthropic's envelope", async () => {
  const guarded = startServer({ config: { apiKeys: ["secret-key"] } });
  try {
    const to = (options: ConstructorParameters<typeof Anthropic>[0]) =>
      new Anthropic({ baseURL: guarded.url, maxRetries: 0, apiKey: null, ...options });
    expect((await to({ apiKey: "secret-key" }).models.list()).data).toHaveLength(2);
    const headers = { authToken: null, defaultHeaders: { "x-api-key": "secret-key" } };
    expect((await to(headers).models.list()).data).toHaveLength(2);
    const error = await failure(to({ apiKey: "wrong" }).messages.create(PLAIN));
    expect(error).toBeInstanceOf(Anthropic.AuthenticationError);
    expect(error).toMatchObject({ type: "authentication_error" });
  } finally {
    await guarded.stop(0);
  }
});
