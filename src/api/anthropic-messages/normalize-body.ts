import { isJsonObject, type JsonObject, parseJsonObject } from "../../core/json.ts";
import { withFields } from "../lenient/kept.ts";
import type { Notes } from "../lenient/notes.ts";
import { type ReadCall, readCall } from "../lenient/read-call.ts";
import { readList, readMessages } from "../lenient/read-list.ts";
import { readOutput } from "../lenient/read-output.ts";
import { type ReadPart, type ReadResult, readPart, readResult } from "../lenient/read-part.ts";
import { readRole } from "../lenient/read-role.ts";
import { type ReadTool, readTool, readToolChoice } from "../lenient/read-tool.ts";
import { normalizeOptions } from "./normalize-options.ts";
import { AssistantNativeBlock, UserNativeBlock } from "./schema-content.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A body of POST /v1/messages, or of the count of it, in Anthropic's own form, as far as its spelling is known: other programs' parts,
 * calls, tools and roles, and what is left unset by an empty value. What is in that form already stays as it is, in its place.
 */
export function normalizeBody(body: unknown, notes: Notes): unknown {
  if (!isJsonObject(body)) return body;
  const { system, tool_choice } = body;
  const messages = readMessages(body.messages);
  const tools = readList(body.tools);
  return withFields(body, {
    messages: Array.isArray(messages) ? messages.map((message) => normalizeMessage(message, notes)) : messages,
    tools: Array.isArray(tools) ? tools.map(normalizeTool) : tools,
    tool_choice: tool_choice === undefined ? undefined : normalizeToolChoice(tool_choice, tools),
    system: system === undefined ? undefined : normalizeInstructions(system, "system", notes),
    ...normalizeOptions(body),
  });
}

function normalizeMessage(message: unknown, notes: Notes): unknown {
  if (!isJsonObject(message)) return message;
  const said = readRole(message.role);
  if (said === "tool" || said === "function") {
    return { role: "user", content: [toResultBlock(readResult(message), notes)] };
  }
  const role = said === "developer" ? "system" : said;
  const { content } = message;
  if (role === undefined) return message;
  if (role === "system")
    return { ...message, role, content: normalizeInstructions(content, "messages.content", notes) };
  const calls = role === "assistant" ? callsOf(message) : [];
  if (typeof content === "string" && calls.length === 0) return role === message.role ? message : { ...message, role };
  const blocks = partsOf(content).map((part) => normalizeBlock(part, role, notes));
  const { tool_calls: _, function_call: _legacy, ...rest } = message;
  return { ...rest, role, content: [...blocks, ...calls.map(toToolUse)] };
}

/** OpenAI's place for calls, and that for the one call of old. */
function callsOf({ tool_calls, function_call }: Fields): ReadCall[] {
  const told = Array.isArray(tool_calls) ? tool_calls : isJsonObject(function_call) ? [function_call] : [];
  return told.flatMap((call) => readCall(call) ?? []);
}

/** One part is a list of one; nothing is none. */
function partsOf(content: unknown): readonly unknown[] {
  if (Array.isArray(content)) return content;
  return content === null || content === undefined ? [] : [content];
}

function normalizeInstructions(content: unknown, place: string, notes: Notes): unknown {
  if (typeof content === "string") return content;
  return partsOf(content).map((part) => {
    if (isJsonObject(part) && (part.type === "tool_addition" || part.type === "tool_removal")) {
      notes.add(`${place}.${part.type}`);
      const isTold = place !== "system" && isJsonObject(part.tool) && typeof part.tool.name === "string";
      return isTold ? part : NOTHING;
    }
    const read = readPart(part);
    if (read === undefined || (read.kind === "text" && isTextbookText(part))) return part;
    return "text" in read && read.text !== undefined ? textBlock(read.text) : leftOut(read, place, notes);
  });
}

/** Stands where a part was left out, so that the others keep their places; it is dropped like all blank text. */
const NOTHING = { type: "text", text: "" } as const;

function leftOut(read: ReadPart, place: string, notes: Notes): object {
  notes.add(`${place}.${read.kind === "other" ? read.type : read.kind}`);
  return NOTHING;
}

function textBlock(text: string): object {
  return { type: "text", text };
}

function isTextbookText(part: unknown): boolean {
  return isJsonObject(part) && part.type === "text" && typeof part.text === "string";
}

const OWN_BLOCKS: Readonly<Record<"user" | "assistant", ReadonlySet<unknown>>> = {
  user: typesOf(UserNativeBlock),
  assistant: new Set([...typesOf(AssistantNativeBlock), "thinking", "redacted_thinking"]),
};

function typesOf(schema: {
  readonly properties: { readonly type: { readonly anyOf: readonly { readonly const: string }[] } };
}) {
  return new Set<unknown>(schema.properties.type.anyOf.map((literal) => literal.const));
}

function normalizeBlock(block: unknown, role: "user" | "assistant", notes: Notes): unknown {
  const place = "messages.content";
  if (isJsonObject(block) && isInFileStore(block)) {
    notes.add(`${place}.${block.type}`);
    return NOTHING;
  }
  if (isJsonObject(block) && OWN_BLOCKS[role].has(block.type)) return block;
  if (isTextbookText(block)) return block;
  const read = readPart(block);
  if (read === undefined) return block;
  switch (read.kind) {
    case "text":
    case "refusal":
      return textBlock(read.text);
    case "image":
    case "file":
      return isOwnSource(block) ? block : toMedia(read, notes, place);
    case "call":
      return role === "assistant" ? toToolUse(read) : leftOut(read, place, notes);
    case "result":
      return role === "user" ? toResultBlock(read, notes, block) : leftOut(read, place, notes);
    case "thinking":
      return leftOut(read, place, notes);
    case "other":
      notes.add(`${place}.${read.type}`);
      return read.text === undefined ? NOTHING : textBlock(read.text);
  }
}

/** The API takes these with a header that the CLI does not send; a refused image the CLI would leave out without a word. */
function isInFileStore({ type, source }: JsonObject): boolean {
  return type === "container_upload" || (isJsonObject(source) && source.type === "file");
}

/** Anthropic's own form, which its schema judges. */
function isOwnSource(block: unknown): boolean {
  return isJsonObject(block) && isJsonObject(block.source) && (block.type === "image" || block.type === "document");
}

const DATA_URL = /^data:([^;,]*)[^,]*;base64,/i;

function toMedia(read: Extract<ReadPart, { kind: "image" | "file" }>, notes: Notes, place: string): object {
  const { kind, url, text, fileId } = read;
  const named = kind === "file" && read.name !== undefined ? { title: read.name } : {};
  if (text !== undefined) {
    return { type: "document", source: { type: "text", media_type: "text/plain", data: text }, ...named };
  }
  // The id is that of another provider's store.
  if (url === undefined) return fileId === undefined ? NOTHING : leftOut(read, place, notes);
  const data = DATA_URL.exec(url);
  const media_type = (data?.[1] ?? "").toLowerCase();
  const base64 = data ? url.slice(data[0].length) : undefined;
  if (kind === "image" || media_type.startsWith("image/")) {
    const source = base64 === undefined ? { type: "url", url } : { type: "base64", media_type, data: base64 };
    return { type: "image", source };
  }
  if (base64 === undefined) return { type: "document", source: { type: "url", url }, ...named };
  if (media_type.startsWith("text/")) {
    const plain = Buffer.from(base64, "base64").toString("utf8");
    return { type: "document", source: { type: "text", media_type: "text/plain", data: plain }, ...named };
  }
  return { type: "document", source: { type: "base64", media_type: "application/pdf", data: base64 }, ...named };
}

/** A call without an id, as without one its result, is known by its place. */
function toToolUse({ id, name, args, custom }: ReadCall): object {
  return { type: "tool_use", id, name, input: custom ? { input: args } : inputOf(args) };
}

function inputOf(args: string): JsonObject {
  if (args.trim() === "") return {};
  return parseJsonObject(args) ?? { INVALID_JSON: args };
}

function toResultBlock({ callId, content, isError }: ReadResult, notes: Notes, block?: unknown): object {
  const own = isJsonObject(block) && block.type === "tool_result" ? block : {};
  const output = hasOwnBlocks(content) ? { content, isError: false } : readOutput(content);
  return {
    ...own,
    type: "tool_result",
    tool_use_id: callId,
    content:
      typeof output.content === "string" ? output.content : output.content.map((part) => resultBlock(part, notes)),
    ...(isError || output.isError ? { is_error: true } : {}),
  };
}

const RESULT_BLOCKS: ReadonlySet<unknown> = new Set(["search_result", "tool_reference"]);

function isOwnResultBlock(part: unknown): boolean {
  return isJsonObject(part) && RESULT_BLOCKS.has(part.type);
}

/** What is of Anthropic's own kinds is no JSON that a tool gave. */
function hasOwnBlocks(content: unknown): content is readonly unknown[] {
  return Array.isArray(content) && content.some(isOwnResultBlock);
}

function resultBlock(part: unknown, notes: Notes): unknown {
  return isOwnResultBlock(part) ? part : normalizeBlock(part, "user", notes);
}

function normalizeTool(tool: unknown): unknown {
  if (isJsonObject(tool) && typeof tool.name === "string" && isJsonObject(tool.input_schema)) {
    return tool.type === "function" ? { ...tool, type: "custom" } : tool;
  }
  const read = readTool(tool);
  if (read === undefined || read.kind === "hosted") return tool;
  if (read.kind === "custom") {
    const input_schema = { type: "object", properties: { input: { type: "string" } }, required: ["input"] };
    return { name: read.name, description: read.description, input_schema };
  }
  const { name, description, parameters, strict } = read;
  const input_schema = isJsonObject(parameters) ? parameters : { type: "object", properties: {} };
  return { name, description, input_schema, ...(strict === undefined ? {} : { strict }) };
}

const SERIAL = "disable_parallel_tool_use";

function normalizeToolChoice(choice: unknown, tools: unknown): unknown {
  if (choice === "" || (isJsonObject(choice) && Object.keys(choice).length === 0)) return null;
  const read = readToolChoice(choice);
  if (read === undefined) return isNameOfOne(choice, tools) ? { type: "tool", name: choice } : choice;
  const serial = isJsonObject(choice) && choice[SERIAL] !== undefined ? { [SERIAL]: choice[SERIAL] } : {};
  if (read.kind === "tool") return { type: "tool", name: read.name, ...serial };
  if (read.kind === "none") return { type: "none" };
  return { type: read.kind === "required" ? "any" : "auto", ...serial };
}

/** A tool's bare name. */
function isNameOfOne(choice: unknown, tools: unknown): boolean {
  return typeof choice === "string" && Array.isArray(tools) && tools.some((tool) => nameOf(readTool(tool)) === choice);
}

function nameOf(tool: ReadTool | undefined): unknown {
  return tool && "name" in tool ? tool.name : undefined;
}
