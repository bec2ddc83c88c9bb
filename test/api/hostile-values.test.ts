import { afterAll, expect, test } from "bun:test";
import { anthropicMessagesRoutes } from "../../src/api/anthropic-messages/routes.ts";
import { openaiChatRoutes } from "../../src/api/openai-chat/routes.ts";
import { openaiCompletionsRoutes } from "../../src/api/openai-completions/routes.ts";
import { BackgroundRuns } from "../../src/api/openai-responses/background.ts";
import { openResponseStore } from "../../src/api/openai-responses/open-store.ts";
import { openaiResponsesRoutes } from "../../src/api/openai-responses/routes.ts";
import { FakeBackend, startServer } from "../server/harness.ts";

const backend = new FakeBackend();
const { store } = openResponseStore({});
const server = startServer({
  routes: [
    openaiChatRoutes({ backend }),
    openaiCompletionsRoutes({ backend }),
    openaiResponsesRoutes({ backend, store, background: new BackgroundRuns() }),
    anthropicMessagesRoutes({ backend }),
  ],
});
afterAll(() => server.stop(0));

/** What breaks a program that makes a text, a promise or a look-up of it. */
const HOSTILE = [
  '{"toString":1,"valueOf":1}',
  '{"toJSON":1,"then":1,"length":-1}',
  '{"__proto__":null,"constructor":{"name":1}}',
  '["__proto__",null,{"toString":null}]',
  '"constructor"',
  "1e308",
];

const model = "claude-sonnet-4";
const schema = { type: "object", properties: { a: { type: "string" } } };
const BODIES: Readonly<Record<string, object>> = {
  "/v1/chat/completions": {
    model,
    stop: ["x"],
    stream_options: { include_usage: true },
    reasoning_effort: "low",
    response_format: { type: "json_schema", json_schema: { name: "a", schema } },
    tools: [{ type: "function", function: { name: "f", description: "d", parameters: schema } }],
    tool_choice: { type: "function", function: { name: "f" } },
    messages: [
      { role: "system", content: [{ type: "text", text: "s" }] },
      { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] },
      { role: "assistant", tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }] },
      { role: "tool", tool_call_id: "c", content: "r" },
    ],
  },
  "/v1/completions": { model, prompt: ["a"], stop: ["b"], suffix: "c", n: 1, stream_options: { include_usage: true } },
  "/v1/responses": {
    model,
    instructions: "i",
    reasoning: { effort: "low" },
    text: { format: { type: "json_schema", name: "a", schema } },
    tools: [
      { type: "function", name: "f", parameters: schema },
      { type: "custom", name: "g" },
    ],
    tool_choice: { type: "function", name: "f" },
    metadata: { a: "b" },
    input: [
      { type: "message", role: "user", content: [{ type: "input_text", text: "t" }] },
      { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "c", output: "r" },
      { type: "reasoning", id: "rs", summary: [{ type: "summary_text", text: "s" }] },
    ],
  },
  "/v1/messages": {
    model,
    max_tokens: 10,
    system: [{ type: "text", text: "s", cache_control: { type: "ephemeral" } }],
    thinking: { type: "enabled", budget_tokens: 1024 },
    tools: [{ name: "f", description: "d", input_schema: schema }],
    tool_choice: { type: "tool", name: "f" },
    stop_sequences: ["x"],
    messages: [
      { role: "user", content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }] },
      { role: "assistant", content: [{ type: "tool_use", id: "c", name: "f", input: { a: 1 } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "c", content: [{ type: "text", text: "r" }] }] },
    ],
  },
};

/** The body as text, once for each place in it, with that place marked. */
function* marked(value: unknown): Generator<unknown> {
  yield MARK;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) for (const own of marked(item)) yield value.with(index, own);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) for (const own of marked(item)) yield { ...value, [name]: own };
  }
}
const MARK = "\u2603";

test.each(Object.entries(BODIES))(
  "nothing that stands anywhere in a body is an internal error: %s",
  async (path, body) => {
    const texts = [...marked(body)].flatMap((own) => {
      const text = JSON.stringify(own);
      return HOSTILE.map((value) => text.replace(JSON.stringify(MARK), value));
    });
    expect(texts.length).toBeGreaterThan(50);
    const headers = { "content-type": "application/json" };
    for (const text of texts) {
      const response = await fetch(server.url + path, { method: "POST", headers, body: text });
      const answer = await response.text();
      if (answer.includes("hit an internal error")) throw new Error(`${response.status} for ${text}`);
    }
  },
);
