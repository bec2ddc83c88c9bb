import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { blocks, type Reply, textBlock, toolUse } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { sseChunks, sseData } from "../support/sse.ts";
import { functionTool, readMessage, result, user } from "../support/tools.ts";

// Structured output is JSON that satisfies the schema and nothing around it, in one request to the model when the model plays along. What else
// the model may do: test/claude/turn/decode-structured-output.test.ts, of recorded turns of the CLI.

const SCHEMA = {
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer", minimum: 0 } },
  required: ["name", "age"],
  additionalProperties: false,
};
const FORMAT = { type: "json_schema", json_schema: { name: "person", strict: true, schema: SCHEMA } };
const ANN = '{"name":"Ann","age":7}';
const give = (json: string): Reply => blocks([toolUse(`toolu_${crypto.randomUUID()}`, "StructuredOutput", [json])]);

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

/** Not a question alone: for one that does not stream, another process is started before one forgets a conversation. */
const MESSAGES = [user("Hi."), { role: "assistant", content: "Hello." }, user("Who?")];
const body = (extra: object = {}) => ({
  model: "claude-sonnet-4",
  messages: MESSAGES,
  response_format: FORMAT,
  ...extra,
});

const lastTurns = () => receivedTurns(app.simulator.requests.at(-1) ?? expect.unreachable());

/** How many requests reached the model while this ran. */
async function requestsOf<T>(run: () => Promise<T>): Promise<{ value: T; requests: number }> {
  const before = app.simulator.requests.length;
  const value = await run();
  return { value, requests: app.simulator.requests.length - before };
}

/** Of a stream. */
async function readStream(response: Response) {
  const choices = sseChunks(await response.text()).flatMap((chunk) => chunk.choices);
  const pieces: string[] = choices.map(({ delta }) => delta.content).filter(Boolean);
  return { pieces, finishReason: choices.at(-1).finish_reason };
}

test("the answer is the JSON alone, in one request to the model", async () => {
  app.simulator.enqueue(blocks([textBlock("Here you are:"), toolUse("toolu_1", "StructuredOutput", [ANN])]));
  const { value, requests } = await requestsOf(() => readMessage(app.chat(body())));
  expect(value).toMatchObject({ message: { content: ANN }, finishReason: "stop" });
  expect(requests).toBe(1);
  const [tool] = app.simulator.requests.at(-1)?.body.tools ?? [];
  expect(tool?.input_schema).toEqual(SCHEMA);
});

describe("an answer that violates the schema", () => {
  test("is asked for again when nothing was told yet, and all that was spent is counted", async () => {
    const usage = { input_tokens: 10, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, output_tokens: 5 };
    const bad = toolUse("toolu_5", "StructuredOutput", ['{"name":"Ann","age":-1}']);
    app.simulator.enqueue(blocks([bad], { usage }), blocks([toolUse("toolu_6", "StructuredOutput", [ANN])], { usage }));
    const { value, requests } = await requestsOf(async () => (await app.chat(body())).text());
    const answer = JSON.parse(value);
    expect(answer.choices[0].message.content).toBe(ANN);
    expect(requests).toBe(2);
    expect(answer.usage).toMatchObject({ prompt_tokens: 20, completion_tokens: 10 });
  });

  test("ends a stream, which has told it, with an error, and the model is not asked again", async () => {
    app.simulator.enqueue(give('{"name":"Ann","age":-1}'), give(ANN));
    const { value, requests } = await requestsOf(async () => (await app.chat(body({ stream: true }))).text());
    expect(JSON.parse(sseData(value).at(-1) ?? "").error.message).toContain("schema");
    expect(value).not.toContain("[DONE]");
    expect(requests).toBe(1);
  });
});

test("tool_choice none forbids the client's tools, not the JSON", async () => {
  app.simulator.enqueue(give(ANN));
  const extra = { tools: [functionTool("look")], tool_choice: "none" };
  const { message } = await readMessage(app.chat(body(extra)));
  expect(message.content).toBe(ANN);
  const sent = JSON.parse(app.simulator.requests.at(-1)?.rawBody ?? "");
  expect(sent.tool_choice).toBeUndefined();
  expect(sent.tools.map(({ name }: { name: string }) => name)).toEqual(["StructuredOutput"]);
});

test("the JSON streams while the model writes it, and with tools in the same request behind the result of the call", async () => {
  const tools = [functionTool("look")];
  const pieces = ['{"name":', '"Ann",', '"age":7}'];
  app.simulator.enqueue(
    blocks([toolUse("toolu_3", "look", { n: 1 })]),
    blocks([textBlock("Here you are:"), toolUse("toolu_31", "StructuredOutput", pieces)]),
  );
  const { value, requests } = await requestsOf(async () => {
    const { message } = await readMessage(app.chat(body({ tools })));
    expect(message.tool_calls).toHaveLength(1);
    const messages = [...MESSAGES, message, result("toolu_3", "Ann, 7")];
    return readStream(await app.chat(body({ tools, messages, stream: true })));
  });
  expect(value).toEqual({ pieces, finishReason: "stop" });
  expect(requests).toBe(2);
  expect(lastTurns().map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant", "user"]);
});

test("the next question tells the model what the client was told, as text", async () => {
  app.simulator.enqueue(give('{"name":"Bob","age":8}'));
  const messages = [user("Who?"), { role: "assistant", content: ANN }, user("And then?")];
  await readMessage(app.chat(body({ messages })));
  expect(lastTurns()).toEqual([
    { role: "user", content: [{ type: "text", text: "Who?" }] },
    { role: "assistant", content: [{ type: "text", text: ANN }] },
    { role: "user", content: [{ type: "text", text: "And then?" }] },
  ]);
});

test("json_object is a JSON object and nothing around it", async () => {
  app.simulator.enqueue(blocks([textBlock("Sure!"), toolUse("toolu_2", "StructuredOutput", ['{"any":[1,null]}'])]));
  const { message } = await readMessage(app.chat(body({ response_format: { type: "json_object" } })));
  expect(message.content).toBe('{"any":[1,null]}');
});
