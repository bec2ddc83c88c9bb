import { describe, expect, test } from "bun:test";
import { ChatCompletionBody } from "../../../../src/api/openai-chat/wire/schema.ts";
import { formatPath } from "../../../../src/api/validation/mismatch.ts";
import { validate } from "../../../support/validate.ts";

// What agents send: tools, calls, results, images, files.

const HI = { role: "user", content: "hi" };
const body = (fields: object) => ({ model: "opus", messages: [HI], ...fields });
const withMessage = (message: unknown) => body({ messages: [HI, message] });
const withPart = (part: unknown) => withMessage({ role: "user", content: [{ type: "text", text: "a" }, part] });
const withCall = (call: unknown) => withMessage({ role: "assistant", content: null, tool_calls: [call] });
const withFunction = (definition: unknown) => body({ tools: [{ type: "function", function: definition }] });
const called = { name: "f", arguments: "{}" };
const named = { type: "function", function: { name: "f" } };
const allowing = (allowed: object) =>
  body({ tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [named], ...allowed } } });

describe("accepted is", () => {
  test.each<[string, unknown]>([
    ["a function with nothing but a name", withFunction({ name: "f" })],
    ["a name of 128 characters, whatever they are", withFunction({ name: "ä b/".repeat(32) })],
    [
      "a custom tool, with and without a grammar",
      body({
        tools: [
          { type: "custom", custom: { name: "f", description: "F" } },
          {
            type: "custom",
            custom: { name: "g", format: { type: "grammar", grammar: { syntax: "lark", definition: "start: X" } } },
          },
        ],
        tool_choice: { type: "custom", custom: { name: "f" } },
      }),
    ],
    ["a call of a custom tool", withCall({ id: "a", type: "custom", custom: { name: "f", input: "" } })],
    ["a function with nulls", withFunction({ name: "f", description: null, parameters: null, strict: null })],
    ["any schema", withFunction({ name: "f", parameters: { $ref: "#/$defs/a", $defs: { a: [1] }, "x-y": null } })],
    ["a tool with more fields", body({ tools: [{ ...named, cache_control: {} }] })],
    ["no tools", body({ tools: [], functions: [], tool_choice: "auto" })],
    ["a tool choice by name", body({ tool_choice: named })],
    ["allowed tools", allowing({ mode: "required" })],
    ["a function call by name", body({ function_call: { name: "f" } })],
    ["a call", withCall({ id: "call_1", type: "function", function: called })],
    ["a call without a type", withCall({ id: "", function: called })],
    ["an argument that is no JSON", withCall({ id: "a", function: { name: "f", arguments: "{" } })],
    [
      "an assistant message of nulls",
      withMessage({ role: "assistant", tool_calls: null, function_call: null, audio: null }),
    ],
    ["no calls", withMessage({ role: "assistant", content: "a", tool_calls: [] })],
    ["a result", withMessage({ role: "tool", tool_call_id: "a", content: "" })],
    ["a result of null", withMessage({ role: "tool", tool_call_id: "a", content: null })],
    [
      "a result of parts",
      withMessage({
        role: "tool",
        tool_call_id: "a",
        content: [
          { type: "text", text: "a" },
          { type: "image_url", image_url: { url: "" } },
        ],
      }),
    ],
    ["a function's message", withMessage({ role: "function", name: "f", content: null })],
    ["an image, whose url the decoder judges", withPart({ type: "image_url", image_url: { url: "x", detail: "low" } })],
    ["a file, whose data the decoder judges", withPart({ type: "file", file: { file_id: "f" } })],
    [
      "a schema for the answer",
      body({ response_format: { type: "json_schema", json_schema: { name: "a", schema: {}, strict: true } } }),
    ],
  ])("%s", (_, value) => {
    expect(validate(ChatCompletionBody, value).issues).toBeUndefined();
  });
});

describe("refused, by the path of what is wrong, is", () => {
  test.each<[string, unknown, string]>([
    ["sound", withPart({ type: "input_audio", input_audio: {} }), "messages[1].content[1].type"],
    ["a part that is a text", withPart("a"), "messages[1].content[1]"],
    ["a part without a type", withPart({ text: "a" }), "messages[1].content[1].type"],
    ["an image without its url", withPart({ type: "image_url" }), "messages[1].content[1].image_url"],
    [
      "an image that is a text",
      withPart({ type: "image_url", image_url: "https://example.com" }),
      "messages[1].content[1].image_url",
    ],
    [
      "an url that is a number",
      withPart({ type: "image_url", image_url: { url: 7 } }),
      "messages[1].content[1].image_url.url",
    ],
    [
      "a file's data that is a number",
      withPart({ type: "file", file: { file_data: 7 } }),
      "messages[1].content[1].file.file_data",
    ],
    ["a result without its call", withMessage({ role: "tool", content: "a" }), "messages[1].tool_call_id"],
    [
      "a result that is a file",
      withMessage({ role: "tool", tool_call_id: "a", content: [{ type: "file", file: {} }] }),
      "messages[1].content[0].type",
    ],
    [
      "a result that is an object",
      withMessage({ role: "tool", tool_call_id: "a", content: {} }),
      "messages[1].content",
    ],
    ["a function's message without its name", withMessage({ role: "function", content: "a" }), "messages[1].name"],
    ["a call of another kind", withCall({ id: "a", type: "mcp", function: called }), "messages[1].tool_calls[0].type"],
    [
      "a call of a custom tool without its text",
      withCall({ id: "a", type: "custom", custom: { name: "f" } }),
      "messages[1].tool_calls[0].custom.input",
    ],
    ["a call without an id", withCall({ type: "function", function: called }), "messages[1].tool_calls[0].id"],
    ["a call without a function", withCall({ id: "a", type: "function" }), "messages[1].tool_calls[0].function"],
    [
      "arguments that are an object",
      withCall({ id: "a", function: { name: "f", arguments: {} } }),
      "messages[1].tool_calls[0].function.arguments",
    ],
    [
      "a call of a function without a name",
      withCall({ id: "a", function: { name: "", arguments: "" } }),
      "messages[1].tool_calls[0].function.name",
    ],
    [
      "a function call without arguments",
      withMessage({ role: "assistant", function_call: { name: "f" } }),
      "messages[1].function_call.arguments",
    ],
    ["a spoken answer", withMessage({ role: "assistant", audio: { id: "a" } }), "messages[1].audio"],
    ["a tool of another kind", body({ tools: [named, { type: "web_search" }] }), "tools[1].type"],
    ["a custom tool without a name", body({ tools: [{ type: "custom", custom: {} }] }), "tools[0].custom.name"],
    ["a tool without a kind", body({ tools: [{ function: { name: "f" } }] }), "tools[0].type"],
    ["a tool as the Responses API has it", body({ tools: [{ type: "function", name: "f" }] }), "tools[0].function"],
    ["a function without a name", withFunction({}), "tools[0].function.name"],
    ["an empty name", withFunction({ name: "" }), "tools[0].function.name"],
    ["a name of 129 characters", withFunction({ name: "a".repeat(129) }), "tools[0].function.name"],
    ["parameters that are a list", withFunction({ name: "f", parameters: [] }), "tools[0].function.parameters"],
    ["a description that is a number", withFunction({ name: "f", description: 7 }), "tools[0].function.description"],
    ["tools that are one", body({ tools: named }), "tools"],
    ["a function of old without a name", body({ functions: [{ name: "f" }, {}] }), "functions[1].name"],
    ["a tool choice that does not exist", body({ tool_choice: "any" }), "tool_choice"],
    ["a tool choice of another kind", body({ tool_choice: { type: "web_search" } }), "tool_choice.type"],
    ["a tool choice without a name", body({ tool_choice: { ...named, function: {} } }), "tool_choice.function.name"],
    ["allowed tools in another mode", allowing({ mode: "none" }), "tool_choice.allowed_tools.mode"],
    ["no allowed tools", allowing({ tools: [] }), "tool_choice.allowed_tools.tools"],
    ["a function call that does not exist", body({ function_call: "required" }), "function_call"],
    ["parallel calls that are a text", body({ parallel_tool_calls: "no" }), "parallel_tool_calls"],
    ["a body as the Responses API has it", { model: "opus", input: [HI] }, "messages"],
  ])("%s", (_, value, path) => {
    expect(validate(ChatCompletionBody, value).issues?.map((issue) => formatPath(issue.path))).toEqual([path]);
  });

  test.each<[string, unknown, string]>([
    ["a role", withMessage({ role: "robot" }), '"system", "developer", "user", "assistant", "tool", "function"'],
    ["a part", withPart({ type: "input_audio" }), '"text", "image_url", "file"'],
    ["a format", body({ response_format: { type: "xml" } }), '"text", "json_object", "json_schema"'],
  ])("%s of another kind, with the kinds there are", (_, value, kinds) => {
    expect(validate(ChatCompletionBody, value).issues?.[0].message).toContain(`expected one of ${kinds}, but got`);
  });
});
