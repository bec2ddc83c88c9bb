import { createHash } from "node:crypto";
import { type JsonObject, parseJsonObject } from "../../core/json.ts";
import type { ContentBlock, DocumentBlock, ResultPart, ToolCallBlock, ToolResultBlock } from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";
import type { ToolNames } from "../tools/tool-names.ts";

/** What stands in for a result that says nothing where one must say something. */
export const NO_OUTPUT = "(no output)";

/** Under this key arguments that are no JSON object reach the API, which takes objects only. Anthropic's documentation names it. */
const INVALID_JSON = "INVALID_JSON";

/** A block as the Messages API has it. */
export function encodeBlock(block: ContentBlock, names: ToolNames): object {
  switch (block.type) {
    case "thinking":
      if ("redacted" in block) return { type: "redacted_thinking", data: block.redacted };
      return { type: "thinking", thinking: block.text, signature: block.signature };
    case "tool-call":
      return {
        type: "tool_use",
        id: apiCallId(block.id),
        name: names.toApi(block.name),
        input: inputOf(block, names),
        ...block.native,
      };
    case "tool-result":
      return encodeToolResult(block);
    default:
      return encodePart(block);
  }
}

function inputOf({ name, args }: ToolCallBlock, names: ToolNames): JsonObject {
  const input = parseJsonObject(args);
  if (input !== undefined) return names.inputToApi(name, input);
  return isBlank(args) ? {} : { [INVALID_JSON]: args };
}

function encodeToolResult(result: ToolResultBlock): object {
  const { callId, isError, native } = result;
  return {
    // In the order in which the CLI writes results itself: it keeps ours, and a prompt cache may tell the difference.
    tool_use_id: apiCallId(callId),
    type: "tool_result",
    content: encodeResultContent(result),
    ...(isError === undefined ? {} : { is_error: isError }),
    ...native,
  };
}

/** The API takes a result without content, unless it is a failure's, but no blank text in one. */
function encodeResultContent({ content, isError }: ToolResultBlock): object[] {
  const parts = content.filter((part) => part.type !== "text" || !isBlank(part.text)).map(encodePart);
  return isError && parts.length === 0 ? [{ type: "text", text: NO_OUTPUT }] : parts;
}

function encodePart(part: ResultPart): object {
  if (part.type === "image") return { type: "image", source: base64(part.mediaType, part.data) };
  if (part.type === "document") return encodeDocument(part);
  if (part.type === "native") return part.block;
  return { type: "text", text: part.text, ...(part.citations ? { citations: part.citations } : {}) };
}

function encodeDocument({ source, title }: DocumentBlock): object {
  const named = title === undefined ? {} : { title };
  if (source.type === "pdf") return { type: "document", source: base64("application/pdf", source.data), ...named };
  return { type: "document", source: { type: "text", media_type: "text/plain", data: source.text }, ...named };
}

function base64(mediaType: string, data: string): object {
  return { type: "base64", media_type: mediaType, data };
}

/** From half a million characters on the CLI writes a result to disk and tells the model where. */
const LONGEST_TEXT = 400_000;

/**
 * Whether an open call can be answered with the result: the CLI writes a long one to disk, and of one that failed it takes the text
 * alone. As part of the history, appended, both arrive whole.
 */
export function isDeliverable(result: ToolResultBlock): boolean {
  if (result.isError && nativeResult(result) !== undefined) return false;
  const lengths = result.content.map((part) => (part.type === "text" ? part.text.length : 0));
  return lengths.reduce((sum, length) => sum + length, 0) <= LONGEST_TEXT;
}

/**
 * The result of a call as MCP's `tools/call` gives it. It always says something: the CLI would put a notice of its own in place of nothing.
 * What is more than text is only announced: see {@link nativeResult}.
 */
export function mcpResult(result: ToolResultBlock): object {
  const text = (words: string) => ({ type: "text", text: words });
  if (nativeResult(result) !== undefined) return { content: [text("(see below)")] };
  const parts = encodeResultContent(result);
  return { content: parts.length === 0 ? [text(NO_OUTPUT)] : parts, ...(result.isError ? { isError: true } : {}) };
}

/**
 * The blocks that take the place of what {@link mcpResult} announces, once the CLI has read it: it converts large images of MCP's, and
 * leaves whatever a `PostToolUse` hook gives. Undefined: there is nothing but text.
 */
export function nativeResult(result: ToolResultBlock): object[] | undefined {
  return result.content.every(({ type }) => type === "text") ? undefined : encodeResultContent(result);
}

/** What the Messages API takes as the id of a tool call; ids of its own fit, those of other programs may not. */
const API_ID = /^[a-zA-Z0-9_-]{1,128}$/;

/** The id under which a call of the history reaches the API: the client's own wherever that is possible. */
export function apiCallId(id: string): string {
  if (API_ID.test(id)) return id;
  const digest = createHash("sha256").update(id).digest("hex").slice(0, 16);
  // No `_` before what may be a number: see `pairToolCalls`.
  return `${id.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 60)}-${digest}`;
}
