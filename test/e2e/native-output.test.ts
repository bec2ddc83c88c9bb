import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { apiError, blocks, type Reply, text, textBlock, toolUse } from "../../src/simulator/reply.ts";
import type { Responder } from "../../src/simulator/simulator.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { receivedTurns } from "../support/received.ts";
import { sseChunks } from "../support/sse.ts";
import { functionTool, readMessage, result, user } from "../support/tools.ts";
import { readError } from "../support/wire.ts";

// A schema that the API itself keeps goes to it as the client wrote it, for one turn of any process; any other goes by the CLI's tool.

const MODEL = "claude-sonnet-4";
const object = (properties: object, extra: object = {}) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...extra,
});
const PERSON = object({ name: { type: "string", description: "In full." }, born: { type: "string", format: "date" } });
const CITY = object({ city: { anyOf: [{ type: "string" }, { type: "null" }] } }, { description: "Where." });
const ANN = '{"name":"Ann","born":"2001-02-03"}';
const ROME = '{"city":"Rome"}';
const format = (schema: object) => ({ type: "json_schema", json_schema: { name: "answer", strict: true, schema } });
const native = (schema: object) => ({ type: "json_schema", schema });
const give = (json: string): Reply =>
  blocks([toolUse(`toolu_${crypto.randomUUID()}`, "StructuredOutput", JSON.parse(json))]);

/** What the API says of every `output_config.format`, if it takes none. */
let refusal: string | undefined;
let app: Harness;
beforeAll(async () => {
  const responder: Responder = ({ body: { output_config } }) =>
    refusal !== undefined && output_config?.format !== undefined
      ? apiError(400, "invalid_request_error", refusal)
      : give(ROME);
  app = await startHarness({ responder });
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const body = (schema: object, extra: object = {}) => ({
  model: MODEL,
  messages: [user(`Who? ${crypto.randomUUID()}`)],
  response_format: format(schema),
  ...extra,
});

/** What the API was sent meanwhile, and how the server's log says that it was served. */
async function during<T>(work: () => Promise<T>) {
  const [requests, lines] = [app.simulator.requests.length, app.log.length];
  const value = await work();
  const sent = app.simulator.requests.slice(requests).map(({ rawBody }) => JSON.parse(rawBody));
  const served = app.log.slice(lines).flatMap((line) => / debug served (.*)\n/.exec(line)?.[1] ?? []);
  const pids = served.map((line) => /pid=(\d+)/.exec(line)?.[1]);
  return { value, sent, served, pids };
}

const answer = (schema: object, extra: object = {}) =>
  during(async () => (await readMessage(app.chat(body(schema, extra)))).message.content);
const toolsOf = ({ tools = [] }: { tools?: { name: string }[] }) => tools.map(({ name }) => name);

describe("a schema that the API keeps", () => {
  test("arrives as it is, without a tool and with the effort, and the answer is the model's text", async () => {
    app.simulator.enqueue(text(ANN));
    const { value, sent } = await answer(PERSON, { reasoning_effort: "high" });
    expect(value).toBe(ANN);
    expect(sent).toHaveLength(1);
    expect(sent[0].output_config).toEqual({ effort: "high", format: native(PERSON) });
    expect(toolsOf(sent[0])).toEqual([]);
  });

  test("is written as it streams", async () => {
    app.simulator.enqueue(text(ANN, { chunks: ['{"name":', '"Ann",', '"born":"2001-02-03"}'] }));
    const chunks = sseChunks(await (await app.chat(body(PERSON, { stream: true }))).text());
    const pieces = chunks.flatMap(({ choices }) => choices.map(({ delta }: Delta) => delta.content)).filter(Boolean);
    expect(pieces).toEqual(['{"name":', '"Ann",', '"born":"2001-02-03"}']);
    expect(chunks.at(-1)?.choices[0].finish_reason).toBe("stop");
  });
  type Delta = { delta: { content?: string } };

  test("binds no process: another one, and none at all, come next in the same conversation", async () => {
    app.simulator.enqueue(text(ANN), text(ROME), text("Well."));
    const messages: object[] = [user("Who?")];
    const { sent, pids } = await during(async () => {
      for (const response_format of [format(PERSON), format(CITY), undefined]) {
        const { message } = await readMessage(app.chat({ model: MODEL, messages, response_format }));
        messages.push(message, user("And now?"));
      }
    });
    expect(sent.map(({ output_config }) => output_config?.format)).toEqual([native(PERSON), native(CITY), undefined]);
    expect(new Set(pids).size).toBe(1);
    expect(sent.at(-1).messages.filter(({ role }: { role: string }) => role !== "system")).toHaveLength(5);
  });

  test("goes with tools through a whole loop in one process, which takes up another schema in the middle", async () => {
    const tools = [functionTool("look")];
    const call = (id: string) => blocks([toolUse(id, "look", {})]);
    app.simulator.enqueue(call("toolu_1"), call("toolu_2"), text(ROME));
    const messages: object[] = [user("Who, and where?")];
    const { sent, served } = await during(async () => {
      for (const [index, schema] of [PERSON, PERSON, CITY].entries()) {
        const { message } = await readMessage(app.chat(body(schema, { tools, messages, reasoning_effort: "low" })));
        messages.push(message, result(`toolu_${index + 1}`, "Seen."));
      }
    });
    expect(served.map((line) => /how=(\w+)/.exec(line)?.[1]).slice(1)).toEqual(["resume", "resume"]);
    const configs = [PERSON, PERSON, CITY].map((schema) => ({ effort: "low", format: native(schema) }));
    expect(sent.map(({ output_config }) => output_config)).toEqual(configs);
    expect(sent.map(toolsOf)).toEqual([["look"], ["look"], ["look"]]);
  });

  test("is not mixed with what the model says before it calls", async () => {
    const said = textBlock("Let me look.");
    app.simulator.enqueue(blocks([said, toolUse("toolu_s", "look", {})]), text(ROME));
    const tools = [functionTool("look")];
    const messages: object[] = [user("Where?")];
    const { message } = await readMessage(app.chat(body(CITY, { tools, messages })));
    expect(message).toMatchObject({ content: null, tool_calls: [{ id: "toolu_s" }] });
    messages.push(message, result("toolu_s", "Seen."));
    const { value, served } = await answer(CITY, { tools, messages });
    expect(value).toBe(ROME);
    expect(served).toEqual([expect.stringContaining("how=resume")]);
  });

  test("leaves the client's tools offered where none may be called", async () => {
    app.simulator.enqueue(text(ANN));
    const { value, sent } = await answer(PERSON, { tools: [functionTool("look")], tool_choice: "none" });
    expect(value).toBe(ANN);
    expect(sent[0]).toMatchObject({ tool_choice: { type: "none" }, output_config: { format: native(PERSON) } });
    expect(toolsOf(sent[0])).toEqual(["look"]);
  });

  test.each<[string, object, Reply, string, string]>([
    ["a refusal", {}, blocks([textBlock("I can't.")], { stopReason: "refusal" }), "I can't.", "content_filter"],
    ["a stop text", { stop: "Ann" }, text(ANN), '{"name":"', "stop"],
  ])("is told cut by %s as far as it came", async (_, extra, reply, content, finishReason) => {
    app.simulator.enqueue(reply);
    const { value } = await during(() => readMessage(app.chat(body(PERSON, extra))));
    expect(value).toMatchObject({ message: { content }, finishReason });
  });

  test("goes on after the beginning of an answer, which is not told once more", async () => {
    app.simulator.enqueue(text(ANN));
    const messages = [user("Who?"), { role: "assistant", content: '{"name":' }];
    expect((await answer(PERSON, { messages })).value).toBe('"Ann","born":"2001-02-03"}');
  });

  test("may bound whole numbers by those that are read exactly, which is looked at afterwards", async () => {
    const bounds = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
    const schema = object({ n: { type: "integer", ...bounds }, x: { type: "number" } });
    app.simulator.enqueue(text('{"n":7,"x":1e300}'), text('{"n":12345678901234567890,"x":1}'));
    const { value, sent } = await answer(schema);
    expect(value).toBe('{"n":7,"x":1e300}');
    expect(sent[0].output_config.format.schema.properties.n).toEqual({ type: "integer" });
    const response = await app.chat(body(schema));
    expect(response.status).toBe(502);
    expect((await readError(response)).message).toContain("schema");
  });
});

describe("by the other wires, too, the API gets the schema", () => {
  const post = (path: string, fields: object) =>
    fetch(app.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: MODEL, ...fields }),
    });
  const ask = { max_tokens: 3000, messages: [user("Who?")] };
  test.each([
    ["output_config.format", "/v1/messages", { ...ask, output_config: { format: native(PERSON) } }],
    ["output_format", "/v1/messages", { ...ask, output_format: native(PERSON) }],
    ["text.format", "/v1/responses", { input: "Who?", text: { format: { name: "a", ...native(PERSON) } } }],
  ])("%s", async (_, path, fields) => {
    app.simulator.enqueue(text(ANN));
    const { value, sent } = await during(async () => (await post(path, fields)).text());
    expect(value).toContain(JSON.stringify(ANN));
    expect(sent[0].output_config.format).toEqual(native(PERSON));
  });
});

describe("what the API refuses", () => {
  afterEach(() => {
    refusal = undefined;
  });

  // What the API says of schemas: test/claude/pool/output-methods.test.ts.
  test("of a schema goes by the CLI's tool, at once and from then on; other schemas do not", async () => {
    const message = "Schema is too complex for compilation.";
    const schema = { ...CITY, description: message };
    refusal = message;
    const first = await answer(schema);
    expect(first.value).toBe(ROME);
    expect(first.sent[0].output_config.format).toEqual(native(schema));
    expect(toolsOf(first.sent.at(-1))).toEqual(["StructuredOutput"]);
    expect(app.log.join("")).toContain("by the tool of the CLI");
    const second = await answer(schema);
    expect(second.value).toBe(ROME);
    expect(second.sent.map(toolsOf)).toEqual([["StructuredOutput"]]);
    refusal = undefined;
    app.simulator.enqueue(text(ANN));
    expect((await answer(PERSON)).sent[0].output_config.format).toEqual(native(PERSON));
  });

  test("of one of its models goes by the CLI's tool, whatever the schema; that of other models does not", async () => {
    refusal = "output_config.format: Extra inputs are not permitted";
    const model = "claude-haiku-4";
    expect((await answer(CITY, { model })).value).toBe(ROME);
    const { sent } = await answer({ ...CITY, description: "Another." }, { model });
    expect(sent.map(toolsOf)).toEqual([["StructuredOutput"]]);
    refusal = undefined;
    app.simulator.enqueue(text(ANN));
    expect((await answer(PERSON)).sent[0].output_config.format).toEqual(native(PERSON));
  });

  test("in the middle of a loop goes by the CLI's tool, too, with the results", async () => {
    const tools = [functionTool("look")];
    app.simulator.enqueue(blocks([toolUse("toolu_r", "look", {})]));
    const messages: object[] = [user("Where?")];
    const schema = { ...CITY, description: "In a loop." };
    const { message } = await readMessage(app.chat(body(schema, { tools, messages })));
    refusal = "Schema is too complex for compilation.";
    const last = await answer(schema, { tools, messages: [...messages, message, result("toolu_r", "Rome")] });
    expect(last.value).toBe(ROME);
    const [, ...turns] = receivedTurns(app.simulator.requests.at(-1) ?? expect.unreachable());
    expect(turns.at(-1)?.content).toMatchObject([{ type: "tool_result", tool_use_id: "toolu_r" }]);
  });

  test("for another reason is told", async () => {
    refusal = "messages.0.content: something else";
    const response = await app.chat(body({ ...CITY, description: "Not about it." }));
    expect(response.status).toBe(400);
    expect((await readError(response)).message).toContain("something else");
  });
});

// The last one: what the CLI asks by itself after such an end is cancelled, but may arrive.
test("an answer that is cut by the token limit is told as far as it came", async () => {
  app.simulator.enqueue(blocks([textBlock('{"na')], { stopReason: "max_tokens" }));
  const cut = await readMessage(app.chat(body(PERSON, { max_tokens: 9 })));
  expect(cut).toMatchObject({ message: { content: '{"na' }, finishReason: "length" });
});
