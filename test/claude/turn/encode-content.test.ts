import { describe, expect, test } from "bun:test";
import { encodeBlock } from "../../../src/claude/turn/encode-content.ts";
import type { ContentBlock, ToolResultBlock } from "../../../src/core/request.ts";
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
