import { describe, expect, test } from "bun:test";
import { isDeliverable, mcpResult } from "../../../src/claude/tools/tool-result.ts";
import type { ImageBlock, TextBlock, ToolResultBlock } from "../../../src/core/request.ts";

const text = (words: string): TextBlock => ({ type: "text", text: words });
const IMAGE: ImageBlock = { type: "image", mediaType: "image/png", data: "iVBO", width: 1, height: 1 };
const sized = (width: number, height: number): ImageBlock => ({ ...IMAGE, width, height });
const ofBytes = (size: number): ImageBlock => ({ ...IMAGE, data: Buffer.alloc(size).toString("base64") });
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
    ["of an image alone", result(IMAGE)],
    ["of images among texts", result(text("a"), IMAGE, text("b"), IMAGE)],
    ["of an image 2,000 pixels wide", result(sized(2000, 1848))],
    ["of an image 2,000 pixels high", result(sized(1848, 2000))],
    ["of a square image of 69 by 69 squares", result(sized(1932, 1932))],
    ["of an image of 512,000 bytes", result(ofBytes(512_000))],
    ["of images that are larger only together", result(ofBytes(512_000), ofBytes(512_000), ofBytes(512_000))],
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
    ["that is an error with an image", { ...result(IMAGE), isError: true }],
    ["with a blank text beside an image", result(text(" "), IMAGE)],
    ["of more than 400,000 characters beside an image", result(text("x".repeat(400_001)), IMAGE)],
    ["of an image more than 2,000 pixels wide", result(sized(2001, 1))],
    ["of an image more than 2,000 pixels high", result(sized(1, 2001))],
    ["of an image of more than 4,784 squares", result(sized(1933, 1932))],
    ["of an image of more than 512,000 bytes", result(ofBytes(512_001))],
    ["with one such image among others", result(IMAGE, text("a"), sized(2001, 1))],
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
