import { beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import OpenAI from "openai";
import type { ChatCompletionStream } from "openai/lib/ChatCompletionStream";
import { MAX_HEADER_BYTES } from "../../src/server/limits.ts";
import { apiError, errorMidStream, hang, hangMidStream, text } from "../../src/simulator/reply.ts";
import { type RunningBinary, requestsDuring, sharedBinary } from "../support/binary.ts";
import { GIF, PNG } from "../support/media.ts";
import { receivedTurns } from "../support/received.ts";
import { openSocket } from "../support/socket.ts";

// The official SDK, with nothing set but the base URL and some key, through the built binary. What it makes of calls, and how it passes streams on:
// test/api/openai-chat/sdk-versions.test.ts, sdk.test.ts.

let app: RunningBinary;
beforeAll(async () => {
  app = await sharedBinary();
});

const MODEL = "claude-sonnet-4";
const ask = (content: string) => [{ role: "user" as const, content }];
const during = (work: () => Promise<unknown>) => requestsDuring(app.simulator, work);
const completions = () => app.client.chat.completions;

test("headers may be as large as a browser makes them of this machine's cookies; more is a bare 431", async () => {
  const ask = (bytes: number) => fetch(`${app.url}/health`, { headers: { cookie: "c".repeat(bytes) } });
  expect((await ask(MAX_HEADER_BYTES - 2000)).status).toBe(200);
  const refused = await ask(2 * MAX_HEADER_BYTES);
  expect([refused.status, await refused.text()]).toEqual([431, ""]);
  // `npm start` says it in a file that Node runs.
  const start = readFileSync(join(import.meta.dir, "../../scripts/start.js"), "utf8");
  expect(start).toContain(`"--max-http-header-size=${MAX_HEADER_BYTES}"`);
});

test("stream() tells its events in order, and what it collects is the answer that create() gives", async () => {
  const usage = { input_tokens: 20, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, output_tokens: 4 };
  const reply = text("Hi there.", { chunks: ["Hi ", "there."], usage });
  app.simulator.enqueue(reply, reply);
  const events: unknown[] = [];
  const params = { model: MODEL, messages: ask("Hello") };
  const stream = completions().stream({ ...params, stream_options: { include_usage: true } });
  stream
    .on("connect", () => events.push("connect"))
    .on("content.delta", ({ delta, snapshot }) => events.push([delta, snapshot]))
    .on("content.done", ({ content }) => events.push(["done", content]))
    .on("finalMessage", ({ content }) => events.push(["final", content]))
    .on("totalUsage", ({ total_tokens }) => events.push(["usage", total_tokens]))
    .on("end", () => events.push("end"));
  const { id, created, ...streamed } = await stream.finalChatCompletion();
  await stream.done();
  expect(events).toEqual([
    "connect",
    ["Hi ", "Hi "],
    ["there.", "Hi there."],
    ["done", "Hi there."],
    ["final", "Hi there."],
    ["usage", 24],
    "end",
  ]);
  expect(await stream.finalMessage()).toMatchObject({ role: "assistant", content: "Hi there.", refusal: null });
  expect(streamed).toMatchObject(await plain(completions().create(params)));
});

/** Without what is different in every answer. */
async function plain(completion: Promise<OpenAI.ChatCompletion>) {
  const { id, created, ...others } = await completion;
  return others;
}

const IMAGES = { "image/png": PNG, "image/gif": GIF } as const;

test("images as data URLs reach the model as they are, between the texts around them", async () => {
  app.simulator.enqueue(text("A dot and a line."));
  const image = (type: keyof typeof IMAGES) => ({
    type: "image_url" as const,
    image_url: { url: `data:${type};base64,${IMAGES[type]}`, detail: "low" as const },
  });
  const said = (content: string) => ({ type: "text" as const, text: content });
  const content = [said("What is"), image("image/png"), said("and"), image("image/gif")];
  const [request] = await during(() => completions().create({ model: MODEL, messages: [{ role: "user", content }] }));
  const source = (type: keyof typeof IMAGES) => ({
    type: "image",
    source: { type: "base64", media_type: type, data: IMAGES[type] },
  });
  expect(receivedTurns(request ?? expect.unreachable())).toEqual([
    { role: "user", content: [said("What is"), source("image/png"), said("and"), source("image/gif")] },
  ]);
});

/** What a call that fails is rejected with. */
async function failure(work: PromiseLike<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const error = await Promise.resolve(work).catch((thrown: unknown) => thrown);
  if (error instanceof OpenAI.APIError) return error;
  throw new Error(`expected an APIError, but got ${String(error)}`);
}

test("a faulty request is a BadRequestError that names the field, and asks nothing of the model", async () => {
  const requests = await during(async () => {
    const content = [{ type: "image_url" as const, image_url: { url: "data:image/png;base64,AAAA" } }];
    const error = await failure(completions().create({ model: MODEL, messages: [{ role: "user", content }] }));
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({
      status: 400,
      type: "invalid_request_error",
      param: "messages[0].content[0].image_url.url",
    });
    const outOfRange = await failure(completions().create({ model: MODEL, messages: ask("Hi"), n: 99, stream: true }));
    expect(outOfRange).toBeInstanceOf(OpenAI.BadRequestError);
    expect(outOfRange.param).toBe("n");
  });
  expect(requests).toEqual([]);
});

test("an unknown model is a NotFoundError with the code model_not_found", async () => {
  const error = await failure(completions().create({ model: "gpt-nope", messages: ask("Hi") }));
  expect(error).toBeInstanceOf(OpenAI.NotFoundError);
  expect(error).toMatchObject({ status: 404, code: "model_not_found" });
  expect(error.message).toContain("claude-sonnet-4");
});

test.each([false, true])("a rate limit is a RateLimitError with its headers (stream: %p)", async (stream) => {
  app.simulator.enqueue(apiError(429, "rate_limit_error", "slow down"));
  const limited = await failure(completions().create({ model: MODEL, messages: ask("Hi"), stream }));
  expect(limited).toBeInstanceOf(OpenAI.RateLimitError);
  expect(limited).toMatchObject({ status: 429, code: "rate_limit_exceeded" });
});

test("the SDK repeats a request that may succeed later", async () => {
  const patient = app.client.withOptions({ maxRetries: 1 });
  const params = { model: MODEL, messages: ask("Again?") };
  app.simulator.enqueue(apiError(529, "overloaded_error", "Overloaded"), text("Now."));
  const requests = await during(async () => {
    expect((await patient.chat.completions.create(params)).choices[0]?.message.content).toBe("Now.");
  });
  expect(requests.length).toBe(2);
});

test("an error in mid-stream is thrown after what was told before it", async () => {
  app.simulator.enqueue(errorMidStream("Once upon"));
  const stream = await completions().create({ model: MODEL, messages: ask("A tale"), stream: true });
  let told = "";
  const read = async () => {
    for await (const { choices } of stream) told += choices[0]?.delta.content ?? "";
  };
  expect((await failure(read())).code).toBe("overloaded");
  expect(told).toBe("Once upon");
});

test.each([
  [
    "breaking out of the loop",
    async (stream: ChatCompletionStream) => {
      for await (const { choices } of stream) if (choices[0]?.delta.content) break;
    },
  ],
  [
    "abort()",
    async (stream: ChatCompletionStream) => {
      stream.once("content", () => stream.abort());
      await expect(stream.done()).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    },
  ],
])("%s ends a stream: the model's connection is dropped", async (way, end) => {
  app.simulator.enqueue(hangMidStream("Once upon a time"));
  const [request] = await during(() =>
    end(completions().stream({ model: MODEL, messages: ask(`A long tale, ended by ${way}`) })),
  );
  await request?.aborted;
  expect(request?.isAborted).toBe(true);
});

test("a signal of the client's own ends a request that does not stream", async () => {
  app.simulator.enqueue(hang());
  const client = new AbortController();
  const count = app.simulator.requests.length + 1;
  const answer = completions().create({ model: MODEL, messages: ask("Never mind") }, { signal: client.signal });
  const ended = failure(answer);
  await app.simulator.waitForRequests(count);
  client.abort();
  expect(await ended).toBeInstanceOf(OpenAI.APIUserAbortError);
  await app.simulator.requests[count - 1]?.aborted;
  expect(app.simulator.requests[count - 1]?.isAborted).toBe(true);
});

test("models.list and models.retrieve find the models", async () => {
  const ids: string[] = [];
  for await (const model of app.client.models.list()) ids.push(model.id);
  expect(ids).toEqual(expect.arrayContaining(["claude-opus-4", "claude-sonnet-4", "claude-haiku-4"]));
  for (const id of ids) expect(await app.client.models.retrieve(id)).toMatchObject({ id, object: "model" });
  expect(await failure(app.client.models.retrieve("nope"))).toBeInstanceOf(OpenAI.NotFoundError);
});

test("a WebSocket is opened, and holds a conversation", async () => {
  app.simulator.enqueue(text("Hello"), text("Again"));
  const socket = await openSocket(app.url);
  const first = await socket.create({ model: MODEL, input: "Hi", store: false });
  const second = await socket.create({ model: MODEL, input: "More", previous_response_id: first.response?.id });
  expect(second.response?.output).toMatchObject([{ content: [{ text: "Again" }] }]);
  socket.close();
});
