import { afterAll, beforeAll, expect, test } from "bun:test";
import type { MessagesBody } from "../../src/simulator/messages-body.ts";
import { text } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { shareHarness } from "../support/shared-harness.ts";

// OpenAI's `strict` of functions, by the real CLI: the API holds the model to their schemas where it can. Where a model refuses
// that: test/e2e/learnt-refusals.test.ts.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());

const CITY = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const LONG = { ...CITY, properties: { city: { type: "string", minLength: 3 } } };
const isStrict = ({ tools = [] }: MessagesBody) => tools.map((tool) => (tool as { strict?: unknown }).strict === true);

async function ask(path: string, body: object) {
  const response = await fetch(`${app.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.text();
  expect(response.status, answer).toBe(200);
  const last = app.simulator.requests.at(-1) ?? expect.unreachable();
  expect(last.refusal).toBeUndefined();
  return { strict: isStrict(last.body), ignored: response.headers.get("x-claude-max-api-ignored") };
}

const chatTool = (name: string, parameters: object) => ({
  type: "function",
  function: { name, parameters, strict: true },
});
const chat = (tools: object[], more: object = {}) =>
  ask("/v1/chat/completions", {
    model: "claude-sonnet-4",
    messages: [{ role: "user", content: "Go." }],
    tools,
    ...more,
  });
const respond = (tools: object[]) => ask("/v1/responses", { model: "claude-sonnet-4", input: "Go.", tools });

test("is passed on where the API keeps all that the schema says, and named where one's it does not", async () => {
  expect(await chat([chatTool("a", CITY), chatTool("b", LONG)])).toEqual({
    strict: [true, false],
    ignored: "tools.function.strict",
  });
  const tool = (parameters: object) => ({ type: "function", name: "a", parameters, strict: true });
  expect(await respond([tool(CITY)])).toEqual({ strict: [true], ignored: null });
});

test("is left to the answer's own schema, where there is one", async () => {
  const response_format = { type: "json_schema", json_schema: { name: "city", schema: CITY, strict: true } };
  app.simulator.enqueue(text('{"city":"Rome"}'));
  const { strict, ignored } = await chat([chatTool("a", CITY)], { response_format });
  expect([strict[0], ignored]).toEqual([false, "tools.function.strict"]);
});
