import { afterAll, beforeAll, expect, test } from "bun:test";
import OpenAI from "openai";
import { apiError, text } from "../../src/simulator/reply.ts";
import { type Harness, startHarness } from "../support/harness.ts";

// The official SDK, with nothing set but the base URL and some key.

let app: Harness;
let client: OpenAI;
beforeAll(async () => {
  app = await startHarness();
  client = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: "anything", maxRetries: 0 });
});
afterAll(() => app[Symbol.asyncDispose]());

const messages = [{ role: "user" as const, content: "Hello" }];

test("chat.completions.create answers", async () => {
  app.simulator.enqueue(text("Hi there"));
  const completion = await client.chat.completions.create({ model: "claude-sonnet-4", messages });
  expect(completion.choices[0]?.message.content).toBe("Hi there");
  expect(completion.choices[0]?.finish_reason).toBe("stop");
  expect(completion.usage?.total_tokens).toBeGreaterThan(0);
});

test("chat.completions.create streams", async () => {
  app.simulator.enqueue(text("Hi there"));
  const stream = await client.chat.completions.create({ model: "claude-sonnet-4", messages, stream: true });
  let answer = "";
  for await (const chunk of stream) answer += chunk.choices[0]?.delta.content ?? "";
  expect(answer).toBe("Hi there");
});

test("the stream helper, which is strict about the chunks, collects the completion", async () => {
  app.simulator.enqueue(text("Hi there"));
  const stream = client.chat.completions.stream({
    model: "claude-sonnet-4",
    messages,
    stream_options: { include_usage: true },
  });
  const completion = await stream.finalChatCompletion();
  expect(completion.choices[0]?.message.content).toBe("Hi there");
  expect((await stream.totalUsage()).total_tokens).toBeGreaterThan(0);
});

test("models.list and models.retrieve find the models", async () => {
  const ids: string[] = [];
  for await (const model of client.models.list()) ids.push(model.id);
  expect(ids).toEqual(expect.arrayContaining(["claude-opus-4", "claude-sonnet-4", "claude-haiku-4"]));
  expect((await client.models.retrieve("claude-opus-4")).id).toBe("claude-opus-4");
  expect(await client.models.retrieve("nope").catch((error: unknown) => error)).toBeInstanceOf(OpenAI.NotFoundError);
});

test("errors become the SDK's own error classes", async () => {
  const failure = (model: string) =>
    client.chat.completions.create({ model, messages }).catch((error: unknown) => error);
  expect(await failure("nope")).toBeInstanceOf(OpenAI.NotFoundError);
  app.simulator.enqueue(apiError(429, "rate_limit_error", "slow down"));
  expect(await failure("claude-sonnet-4")).toBeInstanceOf(OpenAI.RateLimitError);
});

test("aborting the SDK's request ends the model's turn", async () => {
  const count = app.simulator.requests.length + 1;
  app.simulator.enqueue(text("a ".repeat(2000), { delayMs: 20 }));
  const stream = await client.chat.completions.create({ model: "claude-sonnet-4", messages, stream: true });
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
  await app.simulator.waitForRequests(count);
  await app.simulator.requests[count - 1]?.aborted;
  expect(app.simulator.requests[count - 1]?.isAborted).toBe(true);
});
