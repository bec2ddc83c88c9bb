import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { MessagesBody } from "../../src/simulator/messages-body.ts";
import { apiError, blocks, text, toolUse } from "../../src/simulator/reply.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { receivedTurns } from "../support/received.ts";
import { functionTool, readMessage, result, user } from "../support/tools.ts";

// What the API refuses of a model, though nothing said so, is learnt by the refusal, for good: so all tests of that share a server of their
// own. What is learnt of which words: test/claude/second-try.test.ts, test/claude/pool/output-methods.test.ts.

const ROME = '{"city":"Rome"}';
let app: Harness;
/** What the API does not take. */
let refuse: (body: MessagesBody) => string | undefined = () => undefined;
beforeAll(async () => {
  app = await startHarness({
    // One for what the CLI asks by its tool, and one for the rest: another would be started before a conversation is forgotten.
    config: { maxWorkers: 2 },
    responder: ({ body }) => {
      const said = refuse(body);
      if (said !== undefined) return apiError(400, "invalid_request_error", said);
      const isByTool = body.tools?.some(({ name }) => name === "StructuredOutput");
      return isByTool
        ? blocks([toolUse(`toolu_${crypto.randomUUID()}`, "StructuredOutput", [ROME])])
        : text("one END two");
    },
  });
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

describe("a refusal that nobody foresaw", () => {
  const effortOf = ({ output_config: config }: MessagesBody) => config?.effort;
  type Case = [string, string, object, typeof refuse, object];

  test.each<Case>([
    [
      "a level of effort",
      "claude-opus-5",
      { reasoning_effort: "max" },
      (body) =>
        effortOf(body) === "max"
          ? "This model does not support effort level 'max'. Supported levels: high, low, medium."
          : undefined,
      { effort: "high" },
    ],
  ])(
    "of %s is learnt: what the model does not take is left out, at once and later",
    async (_, model, fields, rule, sent) => {
      refuse = rule;
      const asked = app.simulator.requests.length;
      for (const question of ["Count.", "Count again."]) {
        const content = await app.ask({ model, messages: [user(question)], ...fields });
        expect(content).toBe("stop" in fields ? "one " : "one END two");
        const { body } = app.simulator.requests.at(-1) ?? {};
        if (body === undefined) throw new Error("nothing was asked");
        expect({ effort: effortOf(body), stops: body.stop_sequences }).toMatchObject(sent);
      }
      const refused = app.simulator.requests.slice(asked).filter(({ body }) => rule(body) !== undefined);
      // The CLI, too, tries again, some of it as its API wants it; then nothing is left to learn here.
      expect(refused.length).toBeLessThanOrEqual(3);
      expect(app.log.filter((line) => line.includes("does not take") && line.includes(model)).length).toBeLessThan(2);
    },
  );

  test.each<[string, string, object, typeof refuse, string]>([
    [
      "/v1/chat/completions",
      "claude-sonnet-4-5",
      { reasoning_effort: "high", stream: true },
      ({ thinking }) =>
        thinking === undefined ? undefined : `thinking.type.${thinking.type} is not supported for this model`,
      "reasoning_effort",
    ],
  ])(
    "%s of %s names what was learnt already in the answer that it was learnt by: %j",
    async (path, model, fields, rule, named) => {
      refuse = rule;
      for (const question of ["Once?", "Twice?"]) {
        const asked = app.simulator.requests.length;
        const response = await fetch(`${app.url}${path}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ model, max_tokens: 4_000, messages: [user(question)], ...fields }),
        });
        expect([response.status, response.headers.get("x-claude-max-api-ignored")], await response.text()).toEqual([
          200,
          named,
        ]);
        const refused = app.simulator.requests.slice(asked).filter(({ body }) => rule(body) !== undefined);
        if (question === "Twice?") expect(refused).toEqual([]);
      }
      expect(app.log.some((line) => line.includes("asking again without what the model does not take"))).toBeTrue();
    },
  );

  test("and that nobody understands is told, and not tried again", async () => {
    refuse = () => "messages: something else is wrong";
    const response = await app.chat({ model: "claude-opus-4-7", messages: [user("Count.")], stop: ["END"] });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("something else is wrong")]);
    expect(app.log.some((line) => line.includes("does not take") && line.includes("opus-4-7"))).toBeFalse();
  });
});

test("strict functions are so no more for a model that refuses them, at once and later", async () => {
  const isStrict = ({ tools = [] }: MessagesBody) =>
    tools.map((tool) => (tool as { strict?: unknown }).strict === true);
  refuse = (body) =>
    isStrict(body).includes(true) ? "tools.0.custom.strict: Extra inputs are not permitted" : undefined;
  const model = "claude-haiku-4-5";
  const properties = { city: { type: "string" } };
  const parameters = { type: "object", properties, required: ["city"], additionalProperties: false };
  const tools = [{ type: "function", function: { name: "a", parameters, strict: true } }];
  for (let times = 0; times < 2; times++) {
    const response = await app.chat({ model, tools, messages: [user("Go.")] });
    expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
    expect(response.headers.get("x-claude-max-api-ignored")).toBe("tools.function.strict");
    expect(isStrict(app.simulator.requests.at(-1)?.body ?? expect.unreachable())).toEqual([false]);
  }
  expect(app.log.filter((line) => line.includes("does not take") && line.includes(model)).length).toBe(1);
});

test("of an answer's schema in the middle of a loop goes by the CLI's tool, with the results, and from then on; other schemas do not", async () => {
  const object = (properties: object) => ({
    type: "object",
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  });
  const schema = object({ city: { anyOf: [{ type: "string" }, { type: "null" }] } });
  const other = object({ name: { type: "string" } });
  const response_format = (of: object) => ({
    type: "json_schema",
    json_schema: { name: "answer", strict: true, schema: of },
  });
  const formatOf = ({ output_config }: MessagesBody) => output_config?.format;
  const ask = async (of: object, fields: object) => {
    const before = app.simulator.requests.length;
    const body = { model: "claude-sonnet-4", response_format: response_format(of), ...fields };
    const { message } = await readMessage(app.chat(body));
    return { message, sent: app.simulator.requests.slice(before).map(({ body }) => body) };
  };
  const toolsOf = (body: MessagesBody | undefined) => body?.tools?.map(({ name }) => name);

  refuse = () => undefined;
  const tools = [functionTool("look")];
  const messages: object[] = [user("Where?")];
  app.simulator.enqueue(blocks([toolUse("toolu_r", "look", {})]));
  const { message } = await ask(schema, { tools, messages });
  messages.push(message, result("toolu_r", "Rome"));
  refuse = (body) => (formatOf(body) === undefined ? undefined : "Schema is too complex for compilation.");
  const last = await ask(schema, { tools, messages });
  expect(last.message.content).toBe(ROME);
  expect(formatOf(last.sent[0] ?? expect.unreachable())).toEqual({ type: "json_schema", schema });
  expect(toolsOf(last.sent.at(-1))).toEqual(["look", "StructuredOutput"]);
  const [, ...turns] = receivedTurns(app.simulator.requests.at(-1) ?? expect.unreachable());
  expect(turns.at(-1)?.content).toMatchObject([{ type: "tool_result", tool_use_id: "toolu_r" }]);
  expect(app.log.join("")).toContain("by the tool of the CLI");

  messages.push(last.message, user("And where now?"));
  const second = await ask(schema, { tools, messages });
  expect(second.message.content).toBe(ROME);
  expect(second.sent.map(toolsOf)).toEqual([["look", "StructuredOutput"]]);
  refuse = () => undefined;
  app.simulator.enqueue(text('{"name":"Ann"}'));
  const { sent } = await ask(other, { tools, messages: [...messages, second.message, user("Who?")] });
  expect(sent.map(formatOf)).toEqual([{ type: "json_schema", schema: other }]);
});
