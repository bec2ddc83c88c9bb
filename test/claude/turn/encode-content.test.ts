import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  apiCallId,
  encodeBlock,
  isDeliverable,
  mcpResult,
  nativeResult,
} from "../../../src/claude/turn/encode-content.ts";
import type { ContentBlock, ImageBlock, TextBlock, ToolResultBlock } from "../../../src/core/request.ts";
import { toolNames } from "../../support/tool-names.ts";

const NAMES = toolNames(["f", "files.read"]);
const encode = (block: ContentBlock) => encodeBlock(block, NAMES);

describe("a block is to the API exactly this:", () => {
  test.each<[string, ContentBlock, object]>([
    ["a text", { type: "text", text: " @a\n" }, { type: "text", text: " @a\n" }],
    [
      "an image",
      { type: "image", mediaType: "image/webp", data: "UklG", width: 1, height: 1 },
      { type: "image", source: { type: "base64", media_type: "image/webp", data: "UklG" } },
    ],
    [
      "a PDF",
      { type: "document", source: { type: "pdf", data: "JVBE" } },
      { type: "document", source: { type: "base64", media_type: "application/pdf", data: "JVBE" } },
    ],
    [
      "a PDF with a title",
      { type: "document", title: "a.pdf", source: { type: "pdf", data: "JVBE" } },
      { type: "document", source: { type: "base64", media_type: "application/pdf", data: "JVBE" }, title: "a.pdf" },
    ],
    [
      "a file of text",
      { type: "document", title: "a.txt", source: { type: "text", text: "a\n" } },
      { type: "document", source: { type: "text", media_type: "text/plain", data: "a\n" }, title: "a.txt" },
    ],
    [
      "a call",
      { type: "tool-call", id: "toolu_1", name: "f", args: '{"b": [1, {"c": null}]}' },
      { type: "tool_use", id: "toolu_1", name: "f", input: { b: [1, { c: null }] } },
    ],
    [
      "a call whose name the API does not take",
      { type: "tool-call", id: "1", name: "files.read", args: "{}" },
      { type: "tool_use", id: "1", name: "files_read", input: {} },
    ],
    [
      "a result",
      { type: "tool-result", callId: "toolu_1", content: [{ type: "text", text: " sunny " }] },
      { type: "tool_result", tool_use_id: "toolu_1", content: [{ type: "text", text: " sunny " }] },
    ],
    [
      "a result that is an error",
      { type: "tool-result", callId: "toolu_1", content: [{ type: "text", text: "failed" }], isError: true },
      { type: "tool_result", tool_use_id: "toolu_1", content: [{ type: "text", text: "failed" }], is_error: true },
    ],
    [
      "a failure without a word, which the API does not take",
      { type: "tool-result", callId: "toolu_1", content: [], isError: true },
      { type: "tool_result", tool_use_id: "toolu_1", content: [{ type: "text", text: "(no output)" }], is_error: true },
    ],
    [
      "a result with an image",
      {
        type: "tool-result",
        callId: "1",
        content: [{ type: "image", mediaType: "image/gif", data: "R0lG", width: 1, height: 1 }],
      },
      {
        type: "tool_result",
        tool_use_id: "1",
        content: [{ type: "image", source: { type: "base64", media_type: "image/gif", data: "R0lG" } }],
      },
    ],
  ])("%s", (_, block, encoded) => {
    expect(encode(block)).toEqual(encoded);
  });
});

describe("the arguments of a call", () => {
  test.each<[string, string, object]>([
    ["that are blank mean none", "", {}],
    ["that are white space mean none", " \n", {}],
    ["that are no JSON are kept as text under the key that Anthropic names", '{"a": ', { INVALID_JSON: '{"a": ' }],
    ["that are a list are kept as text", "[1]", { INVALID_JSON: "[1]" }],
    ["that are null are kept as text", "null", { INVALID_JSON: "null" }],
    ["that are a text are kept as text", '"a"', { INVALID_JSON: '"a"' }],
  ])("%s", (_, args, input) => {
    expect(encode({ type: "tool-call", id: "1", name: "f", args })).toEqual({
      type: "tool_use",
      id: "1",
      name: "f",
      input,
    });
  });

  test("keep a key __proto__", () => {
    const encoded = encode({ type: "tool-call", id: "1", name: "f", args: '{"__proto__":{"a":1}}' });
    expect(JSON.stringify(encoded)).toBe('{"type":"tool_use","id":"1","name":"f","input":{"__proto__":{"a":1}}}');
  });
});

describe("the content of a result", () => {
  const result = (...content: ToolResultBlock["content"]) => encode({ type: "tool-result", callId: "1", content });

  test("loses its blank texts, which the API refuses", () => {
    const parts = ["", "a", " \n", "b"].map((text) => ({ type: "text", text }) as const);
    expect(result(...parts)).toEqual({
      type: "tool_result",
      tool_use_id: "1",
      content: [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
    });
  });

  test("may be nothing", () => {
    expect(result({ type: "text", text: " " })).toEqual({ type: "tool_result", tool_use_id: "1", content: [] });
    expect(result()).toEqual({ type: "tool_result", tool_use_id: "1", content: [] });
  });
});

test("a call and its result are known by the same id, also when the API does not take the client's", () => {
  const call = encode({ type: "tool-call", id: "call:1", name: "f", args: "{}" });
  const result = encode({ type: "tool-result", callId: "call:1", content: [] });
  expect(call).toHaveProperty("id", expect.stringMatching(/^call_1-[0-9a-f]{16}$/));
  expect(result).toHaveProperty("tool_use_id", (call as { id: string }).id);
});

const text = (words: string): TextBlock => ({ type: "text", text: words });
const IMAGE: ImageBlock = { type: "image", mediaType: "image/png", data: "iVBO", width: 9000, height: 9000 };
const result = (...content: ToolResultBlock["content"]): ToolResultBlock => ({
  type: "tool-result",
  callId: "1",
  content,
});
const failed = (...content: ToolResultBlock["content"]): ToolResultBlock => ({ ...result(...content), isError: true });

describe("an open call can be answered with a result", () => {
  test.each<[string, ToolResultBlock]>([
    ["of texts", result(text("a"), text("\n b \n"))],
    ["of images of any size, among texts or alone", result(text("a"), IMAGE, IMAGE)],
    ["without content", result()],
    ["of blank text", result(text(" \n"))],
    ["that is a failure", failed(text("it broke"))],
    ["that is a failure without a word", failed()],
    ["of 400,000 characters", result(text("x".repeat(200_000)), text("x".repeat(200_000)))],
  ])("%s", (_, block) => {
    expect(isDeliverable(block)).toBeTrue();
  });
});

describe("an open call cannot be answered with a result", () => {
  test.each<[string, ToolResultBlock]>([
    ["of more than 400,000 characters, which the CLI writes to disk", result(text("x".repeat(400_001)), IMAGE)],
    ["that is a failure with an image, which the CLI leaves out", failed(text("a"), IMAGE)],
  ])("%s", (_, block) => {
    expect(isDeliverable(block)).toBeFalse();
  });
});

describe("in MCP's form a result", () => {
  const said = (...words: string[]) => words.map((one) => ({ type: "text", text: one }));
  test.each<[string, ToolResultBlock, object]>([
    ["is its texts, without blank ones", result(text("a"), text(" "), text("b")), { content: said("a", "b") }],
    ["says that it says nothing", result(text("\n")), { content: said("(no output)") }],
    ["of a failure is one", failed(text("it broke")), { content: said("it broke"), isError: true }],
    ["of a failure without a word says so", failed(), { content: said("(no output)"), isError: true }],
    ["with images is only announced", result(text("a"), IMAGE), { content: said("(see below)") }],
  ])("%s", (_, block, expected) => {
    expect(mcpResult(block)).toEqual(expected);
  });

  test("is followed by blocks of the API, where it has images", () => {
    expect(nativeResult(result(text("a")))).toBeUndefined();
    expect(nativeResult(result(text("a"), text(" "), IMAGE))).toEqual([
      ...said("a"),
      { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBO" } },
    ]);
  });
});

const API_ID = /^[a-zA-Z0-9_-]{1,128}$/;

describe("the id of a call", () => {
  test.each(["toolu_01AbC", "call_abc-123", "1", "a".repeat(128)])("that the API takes stays as it is: %s", (id) => {
    expect(apiCallId(id)).toBe(id);
  });

  test.each([
    ["call:1", "call_1-0af6315558b41599"],
    ["", "-e3b0c44298fc1c14"],
    ["a".repeat(129), `${"a".repeat(60)}-c12cb024a2e5551c`],
  ])("that it does not take is changed, always in the same way: %j", (id, apiId) => {
    expect(apiCallId(id)).toBe(apiId);
    expect(apiId).toMatch(API_ID);
  });

  test("stays different from one that differs only in what the API does not take", () => {
    expect(apiCallId("a:b")).not.toBe(apiCallId("a.b"));
    expect(apiCallId(`${"a".repeat(200)}1`)).not.toBe(apiCallId(`${"a".repeat(200)}2`));
  });

  test("whatever it is, becomes one that the API takes; different ids stay different", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (one, other) => {
        expect(apiCallId(one)).toMatch(API_ID);
        expect(apiCallId(one) === apiCallId(other)).toBe(one === other);
      }),
    );
  });
});
