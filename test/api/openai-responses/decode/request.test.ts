import { describe, expect, test } from "bun:test";
import type { OutputFormat, TextBlock, Turn } from "../../../../src/core/request.ts";
import { PNG } from "../../../support/media.ts";
import { decode, refusalOf } from "../decode-body.ts";

const said = (text: string): TextBlock => ({ type: "text", text });
const user = (text: string): Turn => ({ role: "user", content: [said(text)] });
const turnsOf = (...input: object[]) => decode({ input }).request.turns;

describe("the conversation", () => {
  test("is one question when the input is a text", () => {
    expect(decode({ input: "Hello" }).request).toMatchObject({ system: "", turns: [user("Hello")], stop: [] });
  });

  test("has messages of all roles, with and without a type, instructions before the first user's in the system prompt", () => {
    const { system, turns } = decode({
      instructions: "First.",
      input: [
        { role: "developer", content: "Second." },
        { type: "message", role: "user", content: [{ type: "input_text", text: "a" }] },
        {
          type: "message",
          id: "msg_1",
          role: "assistant",
          status: "completed",
          content: [
            { type: "output_text", text: "b", annotations: [], logprobs: [] },
            { type: "refusal", refusal: "no" },
          ],
        },
        { role: "system", content: [{ type: "input_text", text: "Third." }] },
        { role: "user", content: "c" },
      ],
    }).request;
    expect(system).toBe("First.\n\nSecond.");
    const reminder = said("<system-reminder>\nThird.\n</system-reminder>");
    expect(turns).toEqual([
      user("a"),
      { role: "assistant", content: [said("b"), said("no")] },
      { role: "user", content: [reminder, said("c")] },
    ]);
  });

  test("has calls and results as blocks, and thinking left out", () => {
    expect(
      turnsOf(
        { role: "user", content: "a" },
        { type: "reasoning", id: "rs_1", summary: [] },
        { role: "assistant", content: "Let me see." },
        { type: "function_call", call_id: "1", name: "f", arguments: '{"x": 1}' },
        { type: "custom_tool_call", call_id: "2", name: "patch", input: 'a "b"\n' },
        { type: "custom_tool_call_output", call_id: "2", output: [{ type: "input_text", text: "done" }] },
        { type: "function_call_output", call_id: "1", output: "one" },
      ),
    ).toMatchObject([
      user("a"),
      {
        role: "assistant",
        content: [
          said("Let me see."),
          { type: "tool-call", id: "1", name: "f", args: '{"x": 1}' },
          { type: "tool-call", id: "2", name: "patch", args: '{"input":"a \\"b\\"\\n"}' },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool-result", callId: "1", content: [said("one")] },
          { type: "tool-result", callId: "2", content: [said("done")] },
        ],
      },
    ]);
  });

  test("has images and files, also in results", () => {
    const image_url = `data:image/png;base64,${PNG}`;
    const [question, , result] = turnsOf(
      {
        role: "user",
        content: [
          { type: "input_image", image_url, detail: "auto" },
          { type: "input_file", filename: "a.txt", file_data: Buffer.from("notes").toString("base64") },
        ],
      },
      { type: "function_call", call_id: "1", name: "f", arguments: "{}" },
      {
        type: "function_call_output",
        call_id: "1",
        output: [
          { type: "input_image", image_url },
          { type: "input_file", file_data: image_url },
        ],
      },
    );
    expect(question?.content).toMatchObject([
      { type: "image", mediaType: "image/png" },
      { type: "document", title: "a.txt", source: { type: "text", text: "notes" } },
    ]);
    expect(result?.content).toMatchObject([{ type: "tool-result", content: [{ type: "image" }, { type: "image" }] }]);
  });

  test("names the images that are still to be fetched, by their fields", () => {
    const url = "https://example.com/a.png";
    const content = [
      { type: "input_text", text: "?" },
      { type: "input_image", image_url: url },
    ];
    expect([...decode({ input: [{ role: "user", content }] }).missingImages]).toEqual([
      [url, "input[0].content[1].image_url"],
    ]);
  });
});

describe("a request is refused that", () => {
  const call = { type: "function_call", call_id: "1", name: "f", arguments: "{}" };
  const question = { role: "user", content: "a" };
  const withPart = (part: object) => ({ input: [{ role: "user", content: [part] }] });
  test.each<[string, object, string | undefined]>([
    ["asks nothing", { input: [] }, "input"],
    ["has an empty text", { input: "" }, "input"],
    ["ends with an empty message", { input: [{ role: "user", content: [] }] }, "input[0].content"],
    ["ends with calls", { input: [question, call] }, "input"],
    ["refers to an item that is not kept", { input: [{ type: "item_reference", id: "msg_1" }] }, "input[0].id"],
    ["goes on after what is not kept", { previous_response_id: "resp_1" }, "previous_response_id"],
    ["has an image by id", withPart({ type: "input_image", file_id: "file_1" }), "input[0].content[0].file_id"],
    ["has an image without anything", withPart({ type: "input_image" }), "input[0].content[0].image_url"],
    ["has a file by id", withPart({ type: "input_file", file_id: "file_1" }), "input[0].content[0].file_id"],
    ["is for the background and not stored", { background: true, store: false }, "store"],
    ["names a conversation", { conversation: "conv_1" }, "conversation"],
    ["names a prompt", { prompt: { id: "pmpt_1" } }, "prompt"],
  ])("%s", (_, fields, param) => {
    expect(refusalOf(fields).param).toBe(param);
  });

  test.each([
    { role: "critic", content: "a" },
    { type: "message", role: "critic", content: "a" },
  ])("has a message of no known role, told which there are: %j", (item) => {
    const expected = 'expected one of "user", "assistant", "system", "developer"';
    expect(refusalOf({ input: [item] }).message).toContain(expected);
  });
});

describe("a strict server refuses what", () => {
  const question = { role: "user", content: "a" };
  const call = { type: "function_call", call_id: "1", name: "f", arguments: "{}" };
  const result = { type: "function_call_output", call_id: "1", output: "" };
  test.each<[string, object, string | undefined]>([
    ["ends with an answer", { input: [question, { role: "assistant", content: "b" }] }, "input"],
    ["answers no call", { input: [question, result] }, "input[1].call_id"],
    ["answers a call twice", { input: [question, call, result, result] }, "input[3].call_id"],
    [
      "has an image that is none in the history",
      imageThenMore("data:image/png;base64,aaaa"),
      "input[0].content[0].image_url",
    ],
    ["has an item of no known type", { input: [{ type: "computer_call" }] }, "input[0].type"],
  ])("%s", (_, fields, param) => {
    expect(refusalOf(fields, { strict: true }).param).toBe(param);
  });
});

function imageThenMore(image_url: string) {
  return {
    input: [
      { role: "user", content: [{ type: "input_image", image_url }] },
      { role: "assistant", content: "b" },
      { role: "user", content: "c" },
    ],
  };
}

test("an image that cannot be read costs its own place in what was before, not the request", () => {
  const { request, ignored } = decode(imageThenMore("data:image/png;base64,aaaa"));
  expect(request.turns[0]?.content).toEqual([
    said("[There was an image or a file here, which cannot be read any more.]"),
  ]);
  expect(ignored).toEqual(["input.content.image_url"]);
  expect(refusalOf({ input: imageThenMore("data:image/png;base64,aaaa").input.slice(0, 1) }).param).toBe(
    "input[0].content[0].image_url",
  );
});

describe("settings", () => {
  test("become the request's", () => {
    const { request } = decode({ max_output_tokens: 9, reasoning: { effort: "low" }, parallel_tool_calls: false });
    expect(request).toMatchObject({ maxOutputTokens: 9, effort: "low", parallelToolCalls: false });
  });

  test("a summary of the thinking is wanted when its kind is named, by the old name, too", () => {
    expect(decode({ reasoning: { effort: "low" } }).summarize).toBe(false);
    expect(decode({ reasoning: { summary: "auto" } }).summarize).toBe(true);
    expect(decode({ reasoning: { generate_summary: "concise" } }).summarize).toBe(true);
  });

  test.each<[string, object, OutputFormat | undefined]>([
    ["text", { type: "text" }, undefined],
    ["json_object", { type: "json_object" }, { schema: { type: "object" }, delivery: "whole" }],
    [
      "json_schema",
      { type: "json_schema", name: "n", description: "d", strict: true, schema: { type: "object" } },
      { schema: { type: "object", description: "d" }, delivery: "whole" },
    ],
  ])("the format %s", (_, format, outputFormat) => {
    expect(decode({ text: { format } }).request.outputFormat).toEqual(outputFormat);
  });

  test.each<[string, object, string[]]>([
    [
      "without effect are named",
      { temperature: 0.2, include: ["code_interpreter_call.outputs"], x: 1 },
      ["include", "temperature", "x"],
    ],
    [
      "that ask for nothing special are not",
      { temperature: 1, top_p: 1, truncation: "disabled", service_tier: "auto", text: { verbosity: "medium" } },
      [],
    ],
    [
      "that are honoured are not",
      { store: true, include: ["reasoning.encrypted_content"], metadata: { a: "b" }, stream: true, instructions: "a" },
      [],
    ],
    [
      "within others are named by their path",
      { text: { verbosity: "low" }, reasoning: { context: "auto" }, stream_options: { include_obfuscation: true } },
      ["text.verbosity", "reasoning.context", "stream_options.include_obfuscation"],
    ],
    [
      "of items are named, too",
      {
        input: [
          { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "a" }], encrypted_content: "b" },
          { role: "user", content: "c" },
        ],
      },
      ["input.summary", "input.encrypted_content"],
    ],
    [
      "of tools are named, and tools that are not offered",
      { tools: [{ type: "image_generation" }, { type: "function", name: "f", strict: true }] },
      ["tools.image_generation", "tools.strict"],
    ],
  ])("%s", (_, fields, ignored) => {
    expect(decode(fields).ignored).toEqual(ignored);
  });
});

test("what a coding agent sends is taken, and it is told what has no effect", () => {
  const { request, ignored, summarize, encrypt } = decode({
    instructions: "You write code.",
    input: [
      { type: "message", role: "developer", content: [{ type: "input_text", text: "Rules." }] },
      { type: "message", role: "user", content: [{ type: "input_text", text: "Fix it." }] },
      { type: "reasoning", summary: [], content: null, encrypted_content: null },
      { type: "custom_tool_call", status: "completed", call_id: "c", name: "apply_patch", input: "*** Begin" },
      { type: "custom_tool_call_output", call_id: "c", output: "ok" },
    ],
    tools: [
      {
        type: "function",
        name: "shell",
        description: "Runs",
        strict: false,
        parameters: { type: "object", properties: {} },
      },
      { type: "custom", name: "apply_patch", format: { type: "grammar", syntax: "lark", definition: "start: X" } },
      {
        type: "namespace",
        name: "mcp__fs__",
        description: "Files",
        tools: [{ type: "function", name: "read", strict: false }],
      },
      { type: "web_search", external_web_access: false },
    ],
    tool_choice: "auto",
    parallel_tool_calls: true,
    reasoning: { effort: "medium", summary: "auto" },
    store: false,
    stream: true,
    include: ["reasoning.encrypted_content"],
    prompt_cache_key: "k",
    text: { verbosity: "low" },
    client_metadata: { a: "b" },
  });
  expect(request.tools.map(({ name }) => name)).toEqual(["shell", "apply_patch", "mcp__fs__read"]);
  expect(request.system).toBe("You write code.\n\nRules.");
  expect(request.turns.length).toBe(3);
  expect([summarize, encrypt]).toEqual([true, true]);
  expect(ignored).toEqual(["tools.web_search", "text.verbosity", "prompt_cache_key", "client_metadata"]);
});
