import { type Fields, isJsonObject, type JsonObject } from "../../../core/json.ts";
import type { Steps } from "../../../core/pace.ts";
import { type ReadCall, readCall } from "../../lenient/read-call.ts";
import { readFilled, readLimit, readList, readMessages, readStop } from "../../lenient/read-options.ts";
import { readOutput } from "../../lenient/read-output.ts";
import { type ReadPart, type ReadResult, readPart, readResult } from "../../lenient/read-part.ts";
import { readEffort, readRole } from "../../lenient/read-words.ts";
import { mapLongKept, type Notes, withFields } from "../../lenient/rewrite.ts";
import { encodeInput } from "../wire/tool-input.ts";
import { normalizeToolChoice, normalizeTools } from "./tools.ts";

/**
 * A body of POST /v1/messages, or of the count of it, in Anthropic's own form, as far as its spelling is known: other programs' parts,
 * calls, tools and roles, and what is left unset by an empty value. What is in that form already stays as it is, in its place.
 */
export function* normalizeBody(body: unknown, notes: Notes): Steps<unknown> {
  if (!isJsonObject(body)) return body;
  const { system, tool_choice } = body;
  const messages = readMessages(body.messages);
  const tools = readList(body.tools);
  return withFields(body, {
    messages: Array.isArray(messages)
      ? yield* mapLongKept(messages, (message) => normalizeMessage(message, notes))
      : messages,
    tools: Array.isArray(tools) ? normalizeTools(tools, notes) : tools,
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
  return { ...rest, role, content: [...blocks, ...calls.map((call) => toToolUse(call))] };
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

/** Parts of other programs' that nobody reads, and that are none of Anthropic's: the API would refuse the whole request for one of these. */
const FOREIGN: ReadonlySet<string> = new Set(
  `audio audio_url input_audio video video_url input_video media resource resource_link executable_code
   code_execution_result step-start source-url source-document file-data non_standard cachePoint cache_point
   guardContent guard_content encrypted_content server_tool_call item_reference`.split(/\s+/),
);

/** What Anthropic alone calls so, or what is newer than this: the API judges it. */
function isOwnType(part: ReadPart): boolean {
  return part.kind === "other" && !FOREIGN.has(part.type);
}

function normalizeBlock(block: unknown, role: "user" | "assistant", notes: Notes): unknown {
  const place = "messages.content";
  if (isTextbookText(block) || (role === "assistant" && isThinking(block))) return block;
  const read = readPart(block);
  if (read === undefined || isOwnType(read)) return block;
  switch (read.kind) {
    case "text":
    case "refusal":
      return textBlock(read.text);
    case "image":
    case "file":
      return isOwnSource(block) ? block : toMedia(read, notes, place);
    case "call":
      return role === "assistant" ? toToolUse(read, block) : leftOut(read, place, notes);
    case "result":
      return role === "user" ? toResultBlock(read, notes, block) : leftOut(read, place, notes);
    case "thinking":
      return leftOut(read, place, notes);
    case "other":
      notes.add(`${place}.${read.type}`);
      return read.text === undefined ? NOTHING : textBlock(read.text);
  }
}

function isThinking(block: unknown): boolean {
  return isJsonObject(block) && (block.type === "thinking" || block.type === "redacted_thinking");
}

/** Anthropic's own form, which its schema judges. */
function isOwnSource(block: unknown): boolean {
  return isJsonObject(block) && isJsonObject(block.source) && (block.type === "image" || block.type === "document");
}

const DATA_URL = /^data:([^;,]*)(?:;[^,]*)?;base64,/i;

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
function toToolUse({ id, name, args, custom }: ReadCall, block?: unknown): object {
  const own = isJsonObject(block) && block.type === "tool_use" ? block : {};
  return { ...own, type: "tool_use", id, name, input: custom ? { input: args } : inputOf(args) };
}

function inputOf(args: string): JsonObject {
  return args.trim() === "" ? {} : encodeInput(args);
}

function toResultBlock({ callId, content, isError }: ReadResult, notes: Notes, block?: unknown): object {
  const own = isJsonObject(block) && block.type === "tool_result" ? block : {};
  const output = hasOwnBlocks(content) ? { content, isError: false } : readOutput(content);
  return {
    ...own,
    type: "tool_result",
    tool_use_id: callId,
    content:
      typeof output.content === "string"
        ? output.content
        : output.content.map((part) => normalizeBlock(part, "user", notes)),
    ...(isError || output.isError ? { is_error: true } : {}),
  };
}

const RESULT_BLOCKS: ReadonlySet<unknown> = new Set(["search_result", "tool_reference", "browser_state"]);

/** What is of Anthropic's own kinds is no JSON that a tool gave. */
function hasOwnBlocks(content: unknown): content is readonly unknown[] {
  return Array.isArray(content) && content.some((part) => isJsonObject(part) && RESULT_BLOCKS.has(part.type));
}

/** The fields of a body that are neither messages nor tools; those that say nothing are undefined. */
function normalizeOptions({ max_tokens, stream, stop_sequences, output_config, thinking }: Fields): Fields {
  const stops = readStop(stop_sequences);
  return {
    max_tokens: readLimit(max_tokens),
    stream: readFilled(stream),
    stop_sequences: typeof stops === "string" ? [stops] : stops,
    output_config: isJsonObject(output_config)
      ? withFields(output_config, { effort: normalizeEffort(output_config.effort) })
      : readFilled(output_config),
    thinking: normalizeThinking(thinking),
  };
}

/** Anthropic has no level below `low`; what is none that is known stays, for the schema to say which there are. */
function normalizeEffort(effort: unknown): unknown {
  const read = readEffort(effort);
  if (read === "unset") return undefined;
  return read === "minimal" ? "low" : read === undefined || read === "none" ? effort : read;
}

/** A switch is enough for many programs. */
function normalizeThinking(thinking: unknown): unknown {
  if (thinking === "" || (isJsonObject(thinking) && Object.keys(thinking).length === 0)) return undefined;
  return typeof thinking === "boolean" ? { type: thinking ? "adaptive" : "disabled" } : thinking;
}
