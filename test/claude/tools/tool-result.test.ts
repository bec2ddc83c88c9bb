import { describe, expect, test } from "bun:test";
import { isDeliverable, mcpResult, nativeResult } from "../../../src/claude/tools/tool-result.ts";
import type { ImageBlock, TextBlock, ToolResultBlock } from "../../../src/core/request.ts";

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
