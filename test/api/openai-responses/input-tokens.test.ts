import { afterAll, describe, expect, test } from "bun:test";
import { openaiResponsesRoutes } from "../../../src/api/openai-responses/routes.ts";
import { MemoryResponseStore } from "../../../src/api/openai-responses/store/memory-store.ts";
import { listenWith, play, playing, stopServers } from "../openai-chat/chat-server.ts";
import { stored } from "./store/stored.ts";

const { asked, backend } = playing(play());
const store = new MemoryResponseStore();
const previous = stored("resp_1", "a");
store.put({ ...previous, response: { ...previous.response, model: "claude-opus-5-5" } });
store.put(stored("resp_2", "b"));
const { url } = listenWith(backend, openaiResponsesRoutes({ backend, store }));
afterAll(stopServers);

/** The answer, and what was to be counted, if anything. */
async function count(body: object) {
  const before = asked.length;
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}/v1/responses/input_tokens`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  const [only] = asked.slice(before).map(({ request }) => request);
  const answer: unknown = await response.json();
  return { response, answer, request: only };
}

const said = (role: "user" | "assistant", text: string) => ({ role, content: [{ type: "text", text }] });
const f = { type: "function", name: "f", parameters: { type: "object", properties: {} } };

describe("tokens are counted", () => {
  test("of what a response would be asked with, and the answer says how", async () => {
    const input = [
      { role: "user", content: "a" },
      { role: "assistant", content: "b" },
    ];
    const body = {
      model: "opus",
      input,
      instructions: "Be brief.",
      tools: [f],
      max_output_tokens: 5,
      tool_choice: "none",
    };
    const { response, answer, request } = await count(body);
    expect(answer).toEqual({ object: "response.input_tokens", input_tokens: 42 });
    expect(response.headers.get("x-claude-max-api-counted")).toBe("parts");
    expect(response.headers.get("x-claude-max-api-ignored")).toBe("tool_choice,max_output_tokens");
    expect<unknown>(request).toEqual({
      model: "opus",
      system: "Be brief.",
      turns: [said("user", "a"), said("assistant", "b")],
      tools: [{ name: "f", parameters: f.parameters }],
    });
  });

  test("of a stored response alone, by its own model's count", async () => {
    expect<unknown>((await count({ previous_response_id: "resp_1" })).request).toEqual({
      model: "claude-opus-5-5",
      system: "",
      turns: [said("user", "a"), said("assistant", "a")],
      tools: [],
    });
  });

  test("of instructions alone, or of input alone", async () => {
    expect<unknown>((await count({ model: "opus", instructions: "Be brief." })).request).toEqual({
      model: "opus",
      system: "Be brief.",
      turns: [],
      tools: [],
    });
    expect((await count({ model: "opus", input: "a", instructions: null })).request).toMatchObject({
      system: "",
      turns: [said("user", "a")],
    });
  });

  test("of whatever programs send like of the textbook's", async () => {
    const chats = [
      { role: "user", content: ["a"] },
      { role: "assistant", tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: {} } }] },
      { role: "tool", tool_call_id: "c", content: "r" },
    ];
    const items = [
      { role: "user", content: [{ type: "input_text", text: "a" }] },
      { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "c", output: "r" },
    ];
    const { request } = await count({ model: "opus", messages: chats, functions: [{ name: "f" }] });
    const textbook = await count({ model: "opus", input: items, tools: [{ type: "function", name: "f" }] });
    expect(request).toEqual(textbook.request);
  });

  test("of the functions that are allowed, if some are", async () => {
    const tools = [f, { ...f, name: "g" }];
    const allowed = { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "g" }] };
    const { response, request } = await count({ model: "opus", input: "a", tools, tool_choice: allowed });
    expect(response.headers.get("x-claude-max-api-ignored")).toBeNull();
    expect(request?.tools.map(({ name }) => name)).toEqual(["g"]);
  });
});

test.each<[string, object, string]>([
  ["no model", { input: "a" }, "model"],
  ["a stored response without a model", { previous_response_id: "resp_2" }, "model"],
  ["nothing", { model: "opus" }, "input"],
  ["nothing but white space", { model: "opus", instructions: " ", input: null }, "input"],
  [
    "open calls",
    { model: "opus", input: [{ type: "function_call", call_id: "c", name: "f", arguments: "{}" }] },
    "input",
  ],
])("what has %s is not counted, and the error names the field", async (_, body, param) => {
  const { response, answer, request } = await count(body);
  expect([response.status, request]).toEqual([400, undefined]);
  expect(answer).toMatchObject({ error: { param } });
});
