import { describe, expect, test } from "bun:test";
import { isDeliverable, mcpResult } from "../../../src/claude/tools/tool-result.ts";
import type { ImageBlock, TextBlock, ToolResultBlock } from "../../../src/core/request.ts";

const text = (words: string): TextBlock => ({ type: "text", text: words });
const IMAGE: ImageBlock = { type: "image", mediaType: "image/png", data: "iVBO", width: 1, height: 1 };
const result = (...content: ToolResultBlock["content"]): ToolResultBlock => ({
  type: "tool-result",
  callId: "1",
  content,
});

describe("the CLI passes on as it is, when it answers an open call, a result", () => {
  test.each<[string, ToolResultBlock]>([
    ["of a text", result(text("sunny"))],
    ["of several texts", result(text("a"), text("b"))],
    ["of a text with white space around it", result(text("\n a \n"))],
    ["of 400,000 characters", result(text("x".repeat(200_000)), text("x".repeat(200_000)))],
  ])("%s", (_, block) => {
    expect(isDeliverable(block)).toBeTrue();
  });
});

describe("the CLI would replace, shorten or convert a result", () => {
  test.each<[string, ToolResultBlock]>([
    ["without content", result()],
    ["of an empty text", result(text(""))],
    ["with a blank text beside another", result(text("a"), text(" \n"))],
    ["that is an error", { ...result(text("failed")), isError: true }],
    ["of more than 400,000 characters", result(text("x".repeat(200_000)), text("x".repeat(200_001)))],
    ["of an image", result(IMAGE)],
    ["of an image beside a text", result(text("a"), IMAGE)],
  ])("%s", (_, block) => {
    expect(isDeliverable(block)).toBeFalse();
  });
});

test("a result is told in MCP's form", () => {
  expect(mcpResult(result(text("a"), IMAGE))).toEqual({
    content: [
      { type: "text", text: "a" },
      { type: "image", data: "iVBO", mimeType: "image/png" },
    ],
  });
});
