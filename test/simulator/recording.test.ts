import { expect, test } from "bun:test";
import { conversationOf, textOf } from "../../src/simulator/messages-body.ts";
import { text } from "../../src/simulator/reply.ts";
import { message, post, postRaw, refusal, requestBody } from "./api-client.ts";
import { simulatorPerTest } from "./simulator-fixture.ts";

const start = simulatorPerTest();

test("a request is recorded with its typed body, its exact text and its headers", async () => {
  const simulator = start();
  const rawBody = JSON.stringify(
    requestBody({
      system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
      stop_sequences: ["END"],
      thinking: { type: "adaptive" },
      output_config: { effort: "low" },
      tools: [{ name: "weather", input_schema: { type: "object" } }],
      stream: true,
    }),
    undefined,
    1,
  );
  await (await postRaw(simulator, rawBody)).text();
  const [request] = simulator.requests;
  expect(request?.rawBody).toBe(rawBody);
  expect(request?.headers.get("authorization")).toBe("Bearer sk-ant-oat01-test");
  expect(request?.body).toMatchObject({
    model: "claude-test-1",
    max_tokens: 1000,
    system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
    messages: [{ role: "user", content: "Hello" }],
    stop_sequences: ["END"],
    thinking: { type: "adaptive" },
    output_config: { effort: "low" },
    tools: [{ name: "weather", input_schema: { type: "object" } }],
    stream: true,
  });
});

test("a body that cannot be read is recorded as far as it can be", async () => {
  const simulator = start();
  await (await postRaw(simulator, "not JSON")).text();
  await (await post(simulator, { model: 7, messages: "x", stream: "yes" })).text();
  expect(
    simulator.requests.map(({ rawBody, body }) => [rawBody.length > 0, body.model, body.messages, body.stream]),
  ).toEqual([
    [true, "", [], false],
    [true, "", [], false],
  ]);
});

test("scripted replies are used in order, one per request, and then the responder answers", async () => {
  const simulator = start({ responder: ({ body }) => text(`echo: ${textOf(body.messages.at(-1)?.content)}`) });
  simulator.enqueue(text("first"), text("second"));
  const answers: unknown[] = [];
  for (const content of ["a", "b", "c"])
    answers.push((await message(simulator, { messages: [{ role: "user", content }] })).content);
  expect(answers).toEqual(["first", "second", "echo: c"].map((expected) => [{ type: "text", text: expected }]));
});

test("a responder that throws is an api_error that names the reason", async () => {
  const simulator = start({
    responder: () => {
      throw new Error("no idea");
    },
  });
  expect(await refusal(await post(simulator))).toEqual({
    status: 500,
    type: "api_error",
    message: "The simulator failed: no idea",
  });
});

test("a prompt is counted as an answer would be charged for it, until that is to be refused", async () => {
  const simulator = start();
  const { max_tokens: _, ...prompt } = requestBody({
    system: "Be brief.",
    tools: [{ name: "f", input_schema: { type: "object" } }],
  });
  const count = (body: object) =>
    fetch(`${simulator.url}/v1/messages/count_tokens?beta=true`, {
      method: "POST",
      headers: { authorization: "Bearer sk-ant-oat01-test" },
      body: JSON.stringify(body),
    });
  const { usage } = await message(simulator, requestBody({ ...prompt, max_tokens: 1000 }));
  expect(await (await count(prompt)).json()).toEqual({ input_tokens: usage.input_tokens });
  expect((await refusal(await count({ ...prompt, messages: [] }))).status).toBe(400);
  simulator.refuseCounts({ status: 429, type: "rate_limit_error", message: "slow down" });
  expect((await refusal(await count(prompt))).status).toBe(429);
  expect(simulator.counts.map(({ messages }) => messages.length)).toEqual([1, 0, 1]);
  expect(simulator.requests).toHaveLength(1);
});

test("anything but asking and counting is listed as unexpected and answered 404", async () => {
  const simulator = start();
  for (const [method, path] of [
    ["GET", "/v1/models?limit=1"],
    ["GET", "/v1/messages/count_tokens"],
    ["GET", "/v1/messages"],
  ]) {
    expect((await fetch(`${simulator.url}${path}`, { method })).status).toBe(404);
  }
  expect(simulator.unexpected).toEqual([
    { method: "GET", path: "/v1/models" },
    { method: "GET", path: "/v1/messages/count_tokens" },
    { method: "GET", path: "/v1/messages" },
  ]);
  expect(simulator.requests).toEqual([]);
});

test("only the newest requests are kept when a limit is set, while all of them count", async () => {
  const simulator = start({ keepRequests: 2 });
  for (const model of ["a", "b", "c"]) await message(simulator, { model });
  const kept = await simulator.waitForRequests(3);
  expect(kept.map((request) => request.body.model)).toEqual(["b", "c"]);
});

test("the conversation is the turns of user and assistant, as blocks, without system messages and cache markers", async () => {
  const simulator = start();
  await message(simulator, {
    messages: [
      { role: "user", content: "Hello" },
      { role: "system", content: "# Environment" },
      { role: "assistant", content: [{ type: "text", text: "Hi" }] },
      { role: "user", content: [{ type: "text", text: "Bye", cache_control: { type: "ephemeral" } }] },
    ],
  });
  expect(simulator.requests.map((request) => conversationOf(request.body))).toEqual([
    [
      { role: "user", content: [{ type: "text", text: "Hello" }] },
      { role: "assistant", content: [{ type: "text", text: "Hi" }] },
      { role: "user", content: [{ type: "text", text: "Bye" }] },
    ],
  ]);
});
