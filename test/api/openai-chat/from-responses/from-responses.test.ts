import { afterEach, describe, expect, test } from "bun:test";
import { withModel } from "../../../../src/api/fields/shared-fields.ts";
import { accept } from "../../../../src/api/openai-chat/decode/accept-body.ts";
import { decodeRequest } from "../../../../src/api/openai-chat/decode/request.ts";
import { atOnce } from "../../../../src/core/pace.ts";
import { PNG as PNG_BASE64 } from "../../../support/media.ts";
import { sseChunks } from "../../../support/sse.ts";
import { FINISH, HELLO, play, START, serve, stopServers } from "../chat-server.ts";

// Cursor posts the body of OpenAI's Responses API to the chat's path, and reads a chat's answer.

afterEach(stopServers);

const PNG = `data:image/png;base64,${PNG_BASE64}`;
const TOOL = { type: "function", name: "f", description: "F", parameters: { type: "object" } };
const CALL = { type: "function_call", id: "fc_1", call_id: "c1", name: "f", arguments: "{}", status: "completed" };
const OUTPUT = { type: "function_call_output", call_id: "c1", output: "done" };

const body = (fields: object) => ({ model: "opus", ...fields });
const decode = (fields: object) => {
  const { chat, shaped, ignored } = atOnce(accept(body(fields)));
  return { ...atOnce(decodeRequest(withModel(chat, undefined), { shaped })), ignored };
};
/** The same, said in the chat's own form. */
const chat = (fields: object) => atOnce(decodeRequest(withModel(atOnce(accept(body(fields))).chat, undefined))).request;

describe("a body with `input` and no messages is the chat", () => {
  const user = (content: unknown) => ({ role: "user", content });
  const toolCall = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };

  test.each<[string, object, object]>([
    ["of a text", { input: "hi" }, { messages: [user("hi")] }],
    ["of a text, with an empty list of messages beside it", { input: "hi", messages: [] }, { messages: [user("hi")] }],
    [
      "with instructions",
      { input: "hi", instructions: "Be short." },
      { messages: [{ role: "system", content: "Be short." }, user("hi")] },
    ],
    [
      "of messages, with their type or without",
      { input: [{ type: "message", role: "developer", content: "d" }, user("hi")] },
      { messages: [{ role: "developer", content: "d" }, user("hi")] },
    ],
    [
      "of texts in parts, also where an answer of before comes back",
      {
        input: [
          { role: "system", content: [{ type: "input_text", text: "s" }] },
          user([{ type: "input_text", text: "a" }]),
          {
            type: "message",
            role: "assistant",
            id: "msg_1",
            status: "completed",
            content: [{ type: "output_text", text: "b", annotations: [], logprobs: [] }],
          },
          user([{ type: "text", text: "c" }]),
        ],
      },
      {
        messages: [{ role: "system", content: "s" }, user("a"), { role: "assistant", content: "b" }, user("c")],
      },
    ],
    [
      "with an image",
      { input: [user([{ type: "input_image", image_url: PNG, detail: "auto" }])] },
      { messages: [user([{ type: "image_url", image_url: { url: PNG } }])] },
    ],
    [
      "with a file",
      { input: [user([{ type: "input_file", file_data: btoa("text"), filename: "a.txt" }])] },
      { messages: [user([{ type: "file", file: { file_data: btoa("text"), filename: "a.txt" } }])] },
    ],
    [
      "with calls and their results",
      {
        tools: [TOOL],
        input: [
          user("go"),
          { role: "assistant", content: "I go." },
          CALL,
          { ...CALL, call_id: "c2" },
          OUTPUT,
          {
            ...OUTPUT,
            call_id: "c2",
            output: [
              { type: "input_text", text: "two" },
              { type: "input_image", image_url: PNG },
            ],
          },
        ],
      },
      {
        tools: [{ type: "function", function: { name: "f", description: "F", parameters: { type: "object" } } }],
        messages: [
          user("go"),
          { role: "assistant", content: "I go.", tool_calls: [toolCall, { ...toolCall, id: "c2" }] },
          { role: "tool", tool_call_id: "c1", content: "done" },
          {
            role: "tool",
            tool_call_id: "c2",
            content: [
              { type: "text", text: "two" },
              { type: "image_url", image_url: { url: PNG } },
            ],
          },
        ],
      },
    ],
    [
      "without the thinking that comes back",
      {
        input: [
          user("a"),
          { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "hm" }] },
          { role: "assistant", content: "b" },
          user("c"),
        ],
      },
      { messages: [user("a"), { role: "assistant", content: "b" }, user("c")] },
    ],
    [
      "with limits and effort",
      { input: "hi", max_output_tokens: 9, reasoning: { effort: "low", summary: "auto" }, parallel_tool_calls: false },
      { messages: [user("hi")], max_tokens: 9, reasoning_effort: "low", parallel_tool_calls: false },
    ],
    [
      "with a format",
      { input: "hi", text: { format: { type: "json_schema", name: "n", strict: true, schema: { type: "object" } } } },
      {
        messages: [user("hi")],
        response_format: { type: "json_schema", json_schema: { name: "n", strict: true, schema: { type: "object" } } },
      },
    ],
    [
      "with any JSON as its format",
      { input: "hi", text: { format: { type: "json_object" } } },
      { messages: [user("hi")], response_format: { type: "json_object" } },
    ],
    [
      "with tools in the chat's form, too",
      {
        input: "hi",
        tools: [{ type: "function", function: { name: "f" } }],
        tool_choice: { type: "function", function: { name: "f" } },
      },
      {
        messages: [user("hi")],
        tools: [{ type: "function", function: { name: "f" } }],
        tool_choice: { type: "function", function: { name: "f" } },
      },
    ],
    [
      "with a tool that must be called",
      { input: "hi", tools: [TOOL], tool_choice: { type: "function", name: "f" } },
      {
        messages: [user("hi")],
        tools: [{ type: "function", function: { name: "f", description: "F", parameters: { type: "object" } } }],
        tool_choice: { type: "function", function: { name: "f" } },
      },
    ],
    [
      "with tools that may be called",
      {
        input: "hi",
        tools: [TOOL],
        tool_choice: { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "f" }] },
      },
      {
        messages: [user("hi")],
        tools: [{ type: "function", function: { name: "f", description: "F", parameters: { type: "object" } } }],
        tool_choice: {
          type: "allowed_tools",
          allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "f" } }] },
        },
      },
    ],
    [
      "with what a chat has, too",
      { input: "hi", stop: "x", max_tokens: 3 },
      { messages: [user("hi")], stop: "x", max_tokens: 3 },
    ],
  ])("%s", (_, responses, same) => {
    expect(decode(responses).request).toEqual(chat(same));
  });
});

test("input, instructions, max_output_tokens, reasoning and text mean what the chat's fields for them mean", () => {
  const format = { name: "n", schema: { type: "object" } };
  const said = {
    input: [{ role: "user", content: [{ type: "input_text", text: "hi" }] }],
    instructions: "Be short.",
    max_output_tokens: 9,
    reasoning: { effort: "low" },
    text: { format: { type: "json_schema", ...format }, verbosity: "low" },
  };
  const { request, ignored } = decode(said);
  const messages = [
    { role: "system", content: "Be short." },
    { role: "user", content: "hi" },
  ];
  expect(request).toEqual(
    chat({
      messages,
      max_tokens: 9,
      reasoning_effort: "low",
      response_format: { type: "json_schema", json_schema: format },
    }),
  );
  expect(request).not.toEqual(chat({ messages }));
  expect(ignored).toEqual(["text.verbosity"]);
});

test("tools, tool_choice and parallel_tool_calls mean what the chat's fields of these names mean", () => {
  const { type, ...definition } = TOOL;
  const said = { input: "hi", parallel_tool_calls: false, tool_choice: { type, name: "f" }, tools: [TOOL] };
  const same = { tools: [{ type, function: definition }], tool_choice: { type, function: { name: "f" } } };
  const { request } = decode(said);
  expect(request).toEqual(chat({ messages: [{ role: "user", content: "hi" }], parallel_tool_calls: false, ...same }));
  expect(request).toMatchObject({ parallelToolCalls: false, toolChoice: { type: "tool", name: "f" } });
  // Without tools there is nothing to choose: the choice is left out.
  expect(decode({ input: "hi", tool_choice: "required" }).request.toolChoice).toEqual({ type: "auto" });
});

describe("what such a body has without effect is named as the client named it", () => {
  test.each<[object, string[]]>([
    [
      { store: false, include: ["reasoning.encrypted_content"], truncation: "auto", metadata: {} },
      ["include", "truncation", "metadata"],
    ],
    [{ tools: [TOOL], tool_choice: "auto", instructions: "s", max_output_tokens: 1, reasoning: { effort: "low" } }, []],
    [{ tools: [{ ...TOOL, strict: true }], text: { verbosity: "low" } }, ["tools.strict", "text.verbosity"]],
    [{ functions: [{ name: "f" }], made_up: 1 }, ["made_up"]],
    [{ truncation: "disabled", background: false, stream_options: { include_usage: true } }, []],
  ])("%j", (fields, ignored) => {
    expect([...decode({ input: "hi", ...fields }).ignored].sort()).toEqual([...ignored].sort());
  });

  test("also within items", () => {
    const items = [
      { role: "user", content: "a" },
      { type: "reasoning", id: "rs_1", summary: [{}], encrypted_content: "x" },
      { ...CALL, namespace: "n", made_up: 1 },
      { ...OUTPUT, id: "o" },
      { role: "user", content: [{ type: "input_image", image_url: PNG, detail: "high" }] },
    ];
    expect(decode({ input: items, tools: [TOOL] }).ignored).toEqual([
      "input.summary",
      "input.encrypted_content",
      "input.made_up",
      "input.content.detail",
    ]);
  });
});

test.each([false, true])("the answer is a chat's (stream: %p)", async (stream) => {
  const { post } = serve(play(START, ...HELLO, FINISH));
  const response = await post({ messages: undefined, input: "hi", stream, include: ["x"] });
  expect(response.status).toBe(200);
  expect(response.headers.get("x-claude-max-api-ignored")).toBe("include");
  const text = await response.text();
  if (stream)
    expect(sseChunks(text)[1]).toMatchObject({
      object: "chat.completion.chunk",
      choices: [{ delta: { content: "Hello" } }],
    });
  else
    expect(JSON.parse(text)).toMatchObject({ object: "chat.completion", choices: [{ message: { content: "Hello" } }] });
});

test("a body with messages is a chat's, whatever else it has; `input` is then without effect", () => {
  const { ignored } = atOnce(accept({ model: "opus", messages: [{ role: "user", content: "a" }], input: "b" }));
  expect(ignored).toEqual(["input"]);
});

test("is taken with a chat's tools where the user wants it strict, too", () => {
  const tools = [{ type: "function", function: { name: "f", parameters: { type: "object" } } }];
  const tool_choice = { type: "function", function: { name: "f" } };
  const { chat: taken, shaped } = atOnce(accept(body({ input: "hi", tools, tool_choice }), true));
  const { request } = atOnce(decodeRequest(withModel(taken, undefined), { shaped, strict: true }));
  expect(request.tools.map(({ name }) => name)).toEqual(["f"]);
  expect(request.toolChoice).toEqual({ type: "tool", name: "f" });
});

test("in the background is refused, however that is written", () => {
  for (const background of [true, "true"])
    expect(() => decode({ input: "hi", background })).toThrow("'background' must be false");
  expect(decode({ input: "hi", background: "false" }).ignored).toEqual([]);
});

test("what of its tools cannot be offered is left out, and named as it was sent", () => {
  const namespace = { type: "namespace", name: "n", description: "N", tools: [TOOL] };
  const { request, adjusted } = decode({ input: "hi", tools: [namespace, { ...TOOL, name: "g" }] });
  expect(request.tools.map(({ name }) => name)).toEqual(["g"]);
  expect(adjusted).toEqual(["tools.namespace"]);
  const { chat: taken, shaped } = atOnce(accept(body({ input: "hi", web_search_options: {} })));
  const without = atOnce(decodeRequest(withModel(taken, undefined), { shaped, webSearch: false }));
  expect([without.request.serverTools, without.adjusted]).toEqual([undefined, ["web_search_options"]]);
});
