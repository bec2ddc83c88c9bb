import { describe, expect, test } from "bun:test";
import { PDF, PNG } from "../../../support/media.ts";
import { assistant, decode, text, toolResult, toolUse, user } from "../decode-body.ts";

// What other programs write, and the textbook's form of the same.

const image = { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } };
const pdf = { type: "document", source: { type: "base64", media_type: "application/pdf", data: PDF } };
const url = `data:image/png;base64,${PNG}`;
const tool = { name: "f", description: "What.", input_schema: { type: "object", properties: { a: {} } } };
const definition = { name: "f", description: "What.", parameters: { type: "object", properties: { a: {} } } };
const called = { name: "f", arguments: '{"a":1}' };
const calling = (...calls: object[]) => [user("x"), ...calls, user([toolResult("1", "r")])];
const answering = (...results: object[]) => [user("x"), assistant(toolUse("1")), ...results];

describe("means the same as Anthropic's own form, and nothing is named:", () => {
  test.each<[string, object, object]>([
    ["a part without a type", { messages: [user([{ text: "a" }])] }, { messages: [user([text("a")])] }],
    ["texts as parts", { messages: [user(["a", "b"])] }, { messages: [user([text("a"), text("b")])] }],
    ["one part for a list", { messages: [user(text("a"))] }, { messages: [user([text("a")])] }],
    ["parts of OpenAI's", { messages: [user([{ type: "input_text", text: "a" }])] }, { messages: [user([text("a")])] }],
    ["an image_url", { messages: [user([{ type: "image_url", image_url: { url } }])] }, { messages: [user([image])] }],
    [
      "an image_url that is a string",
      { messages: [user([{ type: "image_url", image_url: url }])] },
      { messages: [user([image])] },
    ],
    ["an input_image", { messages: [user([{ type: "input_image", image_url: url }])] }, { messages: [user([image])] }],
    ["an image as bare base64", { messages: [user([{ type: "image", image: PNG }])] }, { messages: [user([image])] }],
    [
      "an image as MCP has it",
      { messages: [user([{ type: "image", data: PNG, mimeType: "image/png" }])] },
      { messages: [user([image])] },
    ],
    [
      "a file",
      {
        messages: [
          user([{ type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${PDF}` } }]),
        ],
      },
      { messages: [user([{ ...pdf, title: "a.pdf" }])] },
    ],
    [
      "a text file",
      { messages: [user([{ type: "input_file", file_data: "data:text/plain;base64,YQ==" }])] },
      { messages: [user([{ type: "document", source: { type: "text", media_type: "text/plain", data: "a" } }])] },
    ],
    [
      "calls in OpenAI's place",
      {
        messages: calling({
          role: "assistant",
          content: null,
          tool_calls: [{ id: "1", type: "function", function: called }],
        }),
      },
      { messages: calling(assistant(toolUse("1", { a: 1 }))) },
    ],
    [
      "an input that is a text of JSON",
      { messages: calling(assistant(toolUse("1", '{"a":1}'))) },
      { messages: calling(assistant(toolUse("1", { a: 1 }))) },
    ],
    [
      "a call as the AI SDK has it",
      { messages: calling(assistant({ type: "tool-call", toolCallId: "1", toolName: "f", input: { a: 1 } })) },
      { messages: calling(assistant(toolUse("1", { a: 1 }))) },
    ],
    [
      "a result in a message of role tool",
      { messages: answering({ role: "tool", tool_call_id: "1", content: "r" }) },
      { messages: answering(user([toolResult("1", "r")])) },
    ],
    [
      "a result that is an object",
      { messages: answering(user([toolResult("1", { ok: true })])) },
      { messages: answering(user([toolResult("1", '{"ok":true}')])) },
    ],
    [
      "a result as the AI SDK has it",
      {
        messages: answering(
          user([{ type: "tool-result", toolCallId: "1", output: { type: "json", value: { ok: true } } }]),
        ),
      },
      { messages: answering(user([toolResult("1", '{"ok":true}')])) },
    ],
    ["a flat tool", { tools: [{ type: "function", ...definition }] }, { tools: [tool] }],
    ["a tool of OpenAI's chats", { tools: [{ type: "function", function: definition }] }, { tools: [tool] }],
    [
      "a tool without a schema",
      { tools: [{ name: "f" }] },
      { tools: [{ name: "f", input_schema: { type: "object", properties: {} } }] },
    ],
    [
      "tool_choice as a word",
      { tools: [tool], tool_choice: "required" },
      { tools: [tool], tool_choice: { type: "any" } },
    ],
    [
      "tool_choice of OpenAI's",
      { tools: [tool], tool_choice: { type: "function", function: { name: "f" } } },
      { tools: [tool], tool_choice: { type: "tool", name: "f" } },
    ],
    [
      "the bare name of a tool",
      { tools: [tool], tool_choice: "f" },
      { tools: [tool], tool_choice: { type: "tool", name: "f" } },
    ],
    ["a tool_choice that says nothing", { tools: [tool], tool_choice: {} }, { tools: [tool] }],
    ["one tool for a list", { tools: tool }, { tools: [tool] }],
    ["no tools as an empty text", { tools: "" }, {}],
    ["an empty tool_choice", { tools: [tool], tool_choice: "" }, { tools: [tool] }],
    [
      "a developer's message",
      { messages: [{ role: "developer", content: "s" }, user("x")] },
      { system: "s", messages: [user("x")] },
    ],
    ["a question alone", { messages: "x" }, { messages: [user("x")] }],
    ["one message for a list", { messages: user("x") }, { messages: [user("x")] }],
    ["a number for a text", { messages: [user(7)] }, { messages: [user([text("7")])] }],
    [
      "numbers and nothing among parts",
      { messages: [user([null, 7, { text: 8 }])] },
      { messages: [user([text(""), text("7"), text("8")])] },
    ],
    [
      "roles of other programs",
      {
        messages: [
          { role: " Human ", content: "x" },
          { role: "bot", content: "y" },
          { role: "human", content: "z" },
        ],
      },
      { messages: [user("x"), assistant(text("y")), user("z")] },
    ],
    [
      "a function's call of old, and its result",
      {
        messages: [
          user("x"),
          { role: "assistant", content: null, function_call: called },
          { role: "function", name: "f", content: "r" },
        ],
      },
      { messages: [user("x"), assistant(toolUse("", { a: 1 })), user([toolResult("", "r")])] },
    ],
    ["efforts that leave it to the model", { output_config: { effort: "auto" } }, {}],
    ["an empty effort", { output_config: { effort: "" } }, {}],
    ["the effort minimal", { output_config: { effort: "minimal" } }, { output_config: { effort: "low" } }],
    ["thinking that says nothing", { thinking: {} }, {}],
    ["stop sequences that are not set", { stop_sequences: [null, "END"] }, { stop_sequences: ["END"] }],
    ["a stop sequence without its list", { stop_sequences: "END" }, { stop_sequences: ["END"] }],
    ["roles in capitals", { messages: [{ role: "User", content: "x" }] }, { messages: [user("x")] }],
    ["a system prompt of strings", { system: ["a", "b"] }, { system: [text("a"), text("b")] }],
    ["one block as system prompt", { system: text("a") }, { system: [text("a")] }],
    ["a limit of -1", { max_tokens: -1 }, { max_tokens: undefined }],
    ["thinking that is false", { thinking: false }, { thinking: { type: "disabled" } }],
    [
      "Claude Code's own lines",
      {
        system: [
          text("x-anthropic-billing-header: cc_version=2.1.332.a1b; cc_entrypoint=cli; cch=00000;"),
          text("You are Claude Code, Anthropic's official CLI for Claude."),
          text("Be brief."),
        ],
      },
      { system: "Be brief." },
    ],
    [
      "Claude Code's own lines in one text",
      {
        system:
          "x-anthropic-billing-header: cch=1;\nYou are a Claude agent, built on Anthropic's Claude Agent SDK.\nBe brief.",
      },
      { system: "Be brief." },
    ],
    ["a limit of none", { max_tokens: 0 }, { max_tokens: undefined }],
    [
      "a whole chat of OpenAI's",
      {
        messages: [
          { role: "system", content: "s" },
          { role: "user", content: "x" },
          { role: "assistant", content: null, tool_calls: [{ id: "1", type: "function", function: called }] },
          { role: "tool", tool_call_id: "1", content: "r" },
        ],
        tools: [{ type: "function", function: definition }],
      },
      { system: "s", messages: calling(assistant(toolUse("1", { a: 1 }))), tools: [tool] },
    ],
  ])("%s", (_, spelled, textbook) => {
    expect(decode(spelled)).toEqual(decode(textbook));
    expect(decode(spelled).ignored).toEqual([]);
  });
});

test("results that stand elsewhere, twice, or without their call go to their place, or are told as texts", () => {
  const misplaced = [
    user([toolResult("gone", "r"), text("a")]),
    assistant(toolUse("1")),
    user("b"),
    assistant(text("c")),
    user([toolResult("1", "r")]),
    user([toolResult("1", "r"), text("d")]),
  ];
  const textbook = [
    user([text("[Result of the earlier tool call gone]\nr"), text("a")]),
    assistant(toolUse("1")),
    user([toolResult("1", "r"), text("b")]),
    assistant(text("c")),
    user([text("[Result of the earlier tool call 1]\nr"), text("d")]),
  ];
  expect(decode({ messages: misplaced }).request).toEqual(decode({ messages: textbook }).request);
});

describe("what the API alone understands is passed on as it is, without marks for the cache:", () => {
  const mark = { cache_control: { type: "ephemeral" } };
  const search = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } };
  const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
  const linked = { type: "document", source: { type: "url", url: "https://example.com/a.pdf" } };
  test.each<[string, object[], number, object[]]>([
    ["a search and what it found", [user("a"), assistant(search, found, text("b")), user("c")], 1, [search, found]],
    ["a document by its URL", [user([{ ...linked, ...mark }, text("a")])], 0, [linked]],
    [
      "a result of a search of the client's",
      [user([{ type: "search_result", source: "s", title: "t", content: [text("a")] }])],
      0,
      [{ type: "search_result", source: "s", title: "t", content: [text("a")] }],
    ],
  ])("%s", (_, messages, turn, blocks) => {
    const content = decode({ messages }).request.turns[turn]?.content ?? [];
    expect<unknown>(content.flatMap((block) => (block.type === "native" ? [block.block] : []))).toEqual(blocks);
  });
});

test("an answer that the client has begun is asked for, to go on after what it says", () => {
  const { request, ignored } = decode({ messages: [user("Count."), assistant(text("1, 2,"))] });
  expect(request.continues).toBe("1, 2,");
  expect(request.turns.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
  expect(ignored).toEqual(["messages.continuation"]);
});

test("an answer that the API has paused is asked for, which is named, and which a strict server does, too", () => {
  const search = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } };
  const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
  const messages = [user("Search."), assistant(search, found)];
  const { request, ignored } = decode({ messages });
  expect(request.turns.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
  expect(ignored).toEqual(["messages.continuation"]);
  const strictly = decode({ messages }, true);
  expect([strictly.request.turns, strictly.ignored]).toEqual([request.turns, []]);
});
