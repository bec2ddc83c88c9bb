import { describe, expect, test } from "bun:test";
import { ChatCompletionBody } from "../../../../src/api/openai-chat/wire/schema.ts";
import { REASONING_EFFORTS } from "../../../../src/core/request.ts";
import { validate } from "../../../support/validate.ts";

const HI = { role: "user", content: "hi" };
const body = (fields: object) => ({ model: "opus", messages: [HI], ...fields });
const withMessage = (message: unknown) => body({ messages: [HI, message] });
const text = { type: "text", text: "a" };

describe("accepted is", () => {
  const accepted: [string, unknown][] = [
    ["a model and a message", body({})],
    ["a model of one letter", body({ model: "o" })],
    ["a field that nobody knows", body({ top_k: 5, chat_template_kwargs: { a: [1] } })],
    [
      "a field with no effect, whatever its value",
      body({ temperature: "hot", seed: [], user: { id: 1 }, logit_bias: 7 }),
    ],
    ["a system message of parts", withMessage({ role: "system", content: [text] })],
    ["a developer message with a name", withMessage({ role: "developer", content: "a", name: "x" })],
    ["a part with more fields", withMessage({ role: "user", content: [{ ...text, prompt_cache_breakpoint: {} }] })],
    ["a message with more fields", withMessage({ ...HI, id: "m1", timestamp: 5 })],
    ["an assistant message of null", withMessage({ role: "assistant", content: null })],
    ["an assistant message without content", withMessage({ role: "assistant" })],
    [
      "an assistant message of text and refusal parts",
      withMessage({ role: "assistant", content: [text, { type: "refusal", refusal: "no" }] }),
    ],
    ["an empty content, for the decoder to judge", withMessage({ role: "user", content: "" })],
    ["a single stop text", body({ stop: "END" })],
    ["a list of stop texts, also more than OpenAI's four", body({ stop: ["a", "b", "c", "d", "e"] })],
    ["one answer", body({ n: 1 })],
    ["eight answers", body({ n: 8 })],
    ["the response format text", body({ response_format: { type: "text" } })],
    ["the response format json_object", body({ response_format: { type: "json_object" } })],
    ["the modality text", body({ modalities: ["text"] })],
    ["no tools", body({ tools: [], functions: [] })],
    [
      "stream options with more fields",
      body({ stream: true, stream_options: { include_usage: true, include_obfuscation: false } }),
    ],
    ["a limit of one token", body({ max_tokens: 1, max_completion_tokens: 1 })],
    ...REASONING_EFFORTS.map((effort): [string, unknown] => [
      `the effort ${effort}`,
      body({ reasoning_effort: effort }),
    ]),
  ];
  test.each(accepted)("%s", (_, value) => {
    expect(validate(ChatCompletionBody, value).issues).toBeUndefined();
  });
});

describe("refused, by the path of what is wrong, is", () => {
  const refused: [string, unknown, (string | number)[]][] = [
    ["no object", [], []],
    ["nothing", null, []],
    ["a model that is no text", body({ model: 4 }), ["model"]],
    ["a body without messages", { model: "opus" }, ["messages"]],
    ["an empty conversation", body({ messages: [] }), ["messages"]],
    ["a text in place of messages", body({ messages: "hi" }), ["messages"]],
    ["a message without a role", withMessage({ content: "a" }), ["messages", 1, "role"]],
    ["a role that does not exist", withMessage({ role: "robot", content: "a" }), ["messages", 1, "role"]],
    ["a user message without content", withMessage({ role: "user" }), ["messages", 1, "content"]],
    ["a user message of null", withMessage({ role: "user", content: null }), ["messages", 1, "content"]],
    ["a content that is a number", withMessage({ role: "user", content: 7 }), ["messages", 1, "content"]],
    [
      "a content that is a part instead of a list",
      withMessage({ role: "user", content: text }),
      ["messages", 1, "content"],
    ],
    [
      "a part without its text",
      withMessage({ role: "user", content: [{ type: "text" }] }),
      ["messages", 1, "content", 0, "text"],
    ],
    [
      "a text part that is a number",
      withMessage({ role: "system", content: [{ type: "text", text: 7 }] }),
      ["messages", 1, "content", 0, "text"],
    ],
    [
      "a refusal of the user",
      withMessage({ role: "user", content: [{ type: "refusal", refusal: "no" }] }),
      ["messages", 1, "content", 0, "type"],
    ],
    ["a name that is a number", withMessage({ role: "user", content: "a", name: 7 }), ["messages", 1, "name"]],
    ["a stream that is a text", body({ stream: "true" }), ["stream"]],
    [
      "include_usage that is a text",
      body({ stream_options: { include_usage: "yes" } }),
      ["stream_options", "include_usage"],
    ],
    ["a limit of no tokens", body({ max_tokens: 0 }), ["max_tokens"]],
    ["a limit of half a token", body({ max_completion_tokens: 0.5 }), ["max_completion_tokens"]],
    ["a limit that is a text", body({ max_tokens: "100" }), ["max_tokens"]],
    ["an effort that does not exist", body({ reasoning_effort: "heroic" }), ["reasoning_effort"]],
    ["a stop text that is a number", body({ stop: ["a", 7] }), ["stop", 1]],
    ["too many answers", body({ n: 9 }), ["n"]],
    ["half an answer", body({ n: 1.5 }), ["n"]],
    ["no answer", body({ n: 0 }), ["n"]],
    ["a format that does not exist", body({ response_format: { type: "xml" } }), ["response_format", "type"]],
    ["a format that is a text", body({ response_format: "json" }), ["response_format"]],
    [
      "a schema without a name",
      body({ response_format: { type: "json_schema", json_schema: {} } }),
      ["response_format", "json_schema", "name"],
    ],
    [
      "a schema that is none",
      body({ response_format: { type: "json_schema", json_schema: { name: "a", schema: true } } }),
      ["response_format", "json_schema", "schema"],
    ],
    ["a spoken answer", body({ modalities: ["text", "audio"] }), ["modalities", 1]],
  ];
  test.each(refused)("%s", (_, value, path) => {
    expect(validate(ChatCompletionBody, value).issues?.map((issue) => issue.path)).toEqual([path]);
  });
});
