import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { blocks, text, textBlock, toolUse } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { sseChunks } from "../support/sse.ts";
import { functionTool, readMessage, result, user } from "../support/tools.ts";
import { readError } from "../support/wire.ts";

// A schema that the API itself keeps goes to it as the client wrote it, for one turn of any process; any other goes by the CLI's tool, and one
// that it refuses after all, too: test/e2e/learnt-refusals.test.ts. By the other wires: test/e2e/dialect-parameters.test.ts.

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

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
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

  test("goes with tools through a whole loop in one process, which takes up another schema in the middle", async () => {
    const tools = [functionTool("look")];
    const call = (id: string) => blocks([textBlock("Let me look."), toolUse(id, "look", {})]);
    app.simulator.enqueue(call("toolu_1"), call("toolu_2"), text(ROME));
    const messages: object[] = [user("Who, and where?")];
    const { sent, served } = await during(async () => {
      for (const [index, schema] of [PERSON, PERSON, CITY].entries()) {
        const { message } = await readMessage(app.chat(body(schema, { tools, messages, reasoning_effort: "low" })));
        // It is not mixed with what the model says before it calls.
        expect(message.content).toBe(index < 2 ? null : ROME);
        messages.push(message, result(`toolu_${index + 1}`, "Seen."));
      }
    });
    expect(served.map((line) => /how=(\w+)/.exec(line)?.[1]).slice(1)).toEqual(["resume", "resume"]);
    const configs = [PERSON, PERSON, CITY].map((schema) => ({ effort: "low", format: native(schema) }));
    expect(sent.map(({ output_config }) => output_config)).toEqual(configs);
    expect(sent.map(toolsOf)).toEqual([["look"], ["look"], ["look"]]);
  });

  test("leaves the client's tools offered where none may be called", async () => {
    app.simulator.enqueue(text(ANN));
    const { value, sent } = await answer(PERSON, { tools: [functionTool("look")], tool_choice: "none" });
    expect(value).toBe(ANN);
    expect(sent[0]).toMatchObject({ tool_choice: { type: "none" }, output_config: { format: native(PERSON) } });
    expect(toolsOf(sent[0])).toEqual(["look"]);
  });

  test("is told cut by a stop text as far as it came", async () => {
    app.simulator.enqueue(text(ANN));
    const cut = await readMessage(app.chat(body(PERSON, { stop: "Ann" })));
    expect(cut).toMatchObject({ message: { content: '{"name":"' }, finishReason: "stop" });
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
});

test("n answers are n turns, one choice each", async () => {
  app.simulator.enqueue(text(ANN), text(ANN));
  const { value, sent } = await during(async () => (await app.chat(body(PERSON, { n: 2 }))).text());
  const { choices } = JSON.parse(value);
  expect(choices.map(({ index, message }: Choice) => [index, message.content])).toEqual([
    [0, ANN],
    [1, ANN],
  ]);
  expect(sent).toHaveLength(2);
});
type Choice = { index: number; message: { content: string } };

// The last one: what the CLI asks by itself after such an end is cancelled, but may arrive.
test("an answer that is cut by the token limit is told as far as it came", async () => {
  // Not a single question: a process forgets for it.
  const messages = [user("Who?"), { role: "assistant", content: ANN }, user("And who else?")];
  app.simulator.enqueue(blocks([textBlock('{"na')], { stopReason: "max_tokens" }));
  const cut = await readMessage(app.chat(body(PERSON, { max_tokens: 9, messages })));
  expect(cut).toMatchObject({ message: { content: '{"na' }, finishReason: "length" });
});
