import { type Fields, isJsonObject } from "../../../core/json.ts";
import type { Steps } from "../../../core/pace.ts";
import { readCall, readId } from "../../lenient/read-call.ts";
import { readMessages } from "../../lenient/read-options.ts";
import { isResultType, readPart, readResult, wordsOf } from "../../lenient/read-part.ts";
import { type ReadRole, readRole } from "../../lenient/read-words.ts";
import { mapKept, mapLongKept, type Notes, withFields } from "../../lenient/rewrite.ts";
import { encryptedDetail, type ReasoningDetail, textDetail } from "../wire/reasoning-details.ts";
import { callsWithin, textbookCalls, textbookFunctionCall, withoutCalls } from "./calls.ts";
import { textbookContent, textbookOutput } from "./content.ts";

/** Who speaks, by the role, or where there is none by what only one of them says. Undefined: it is not plain. */
function roleOf(message: Fields): ReadRole | undefined {
  const { role, type } = message;
  if (role !== undefined && role !== null && role !== "") return readRole(role);
  const typed = readRole(type);
  if (typed !== undefined) return typed;
  if (typeof message.tool_call_id === "string") return "tool";
  return Array.isArray(message.tool_calls) ? "assistant" : undefined;
}

/**
 * Thinking with its signatures among the parts of a content, as Anthropic has it, or in a list of its own, `thinking_blocks`, as LiteLLM
 * does; undefined: there is none. The place of a part is its place in the message.
 */
function thoughtsWithin(parts: unknown): ReasoningDetail[] | undefined {
  if (!Array.isArray(parts)) return undefined;
  const details = parts.flatMap((part, index) => detailOf(part, index) ?? []);
  return details.length === 0 ? undefined : details;
}

/** The content without these, each in whose place nothing is said. */
function withoutThoughts(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  return mapKept(content, (part, index) => (detailOf(part, index) ? { type: "text", text: "" } : part));
}

function detailOf(part: unknown, index: number): ReasoningDetail | undefined {
  const read = readPart(part);
  const block = read?.kind === "thinking" ? read.block : undefined;
  if (block === undefined) return undefined;
  if ("redacted" in block) return encryptedDetail(index, block.redacted);
  return textDetail(index, block.text, block.signature);
}

export function* textbookMessages(given: unknown, notes: Notes): Steps<unknown> {
  const messages = readMessages(given);
  if (!Array.isArray(messages)) return messages;
  const isOnly = messages.length === 1;
  return yield* mapLongKept(messages, (message, index) => textbookMessage(message, index, isOnly, notes));
}

function textbookMessage(message: unknown, index: number, isOnly: boolean, notes: Notes): unknown {
  if (typeof message === "string" && isOnly) return { role: "user", content: message };
  if (!isJsonObject(message) || isPlain(message)) return message;
  const item = message.role === undefined ? itemMessage(message, index, notes) : undefined;
  if (item) return item;
  const role = roleOf(message) ?? (isOnly && message.role === undefined ? "user" : undefined);
  const isTyped = message.type === "message" || message.role === undefined;
  const fields = withFields(message, {
    role: role ?? message.role,
    name: nameOf(message, role, notes),
    ...(isTyped ? { type: undefined } : {}),
  });
  switch (role) {
    case "system":
    case "developer":
      return withFields(fields, {
        content: textbookContent(contentOf(message), "instruction", notes),
        ...readFields(message),
      });
    case "user":
      return textbookUser(fields, notes);
    case "assistant":
      return textbookAssistant(fields, index, notes);
    case "tool":
    case "function":
      return textbookTool(fields, notes);
    default:
      return message;
  }
}

const PLAIN_ROLES: ReadonlySet<unknown> = new Set(["system", "developer", "user", "assistant"]);

/** A role and a text, as most messages of a long conversation are: there is nothing to spell otherwise. */
function isPlain(message: Fields): boolean {
  for (const name in message) if (name !== "role" && name !== "content") return false;
  return typeof message.content === "string" && PLAIN_ROLES.has(message.role);
}

/** An item of the Responses API, which has no role: a call, or what came of it, or what was thought. */
function itemMessage(item: Fields, index: number, notes: Notes): object | undefined {
  const { type } = item;
  if (typeof type !== "string" || type === "") return undefined;
  if (isResultType(type)) {
    const { callId, content, isError } = readResult(item);
    return toolMessage(callId, content, isError, notes);
  }
  const call = readCall(item);
  if (call) return { role: "assistant", tool_calls: textbookCalls([item], index, notes) };
  if (readPart(item)?.kind !== "thinking") return undefined;
  notes.add(`messages.${type}`);
  return { role: "assistant", content: "" };
}

function nameOf({ name }: Fields, role: string | undefined, notes: Notes): unknown {
  if (name === undefined || name === null || typeof name === "string" || role === "tool" || role === "function")
    return name;
  notes.add("messages.name");
  return undefined;
}

/** The content, or where some programs have it: the AI SDK's interface and Gemini as `parts`. */
function contentOf({ content, parts, text }: Fields): unknown {
  if (content !== undefined && content !== null) return content;
  return (Array.isArray(parts) ? parts : typeof text === "string" ? text : undefined) ?? content;
}

/** What is read from them stands in the content then. */
function readFields({ content, parts, text }: Fields): Fields {
  if (content !== undefined && content !== null) return {};
  return {
    ...(Array.isArray(parts) ? { parts: undefined } : {}),
    ...(typeof text === "string" ? { text: undefined } : {}),
  };
}

function textbookUser(message: Fields, notes: Notes): Fields {
  const content = textbookContent(contentOf(message), "user", notes);
  return withImages(withFields(message, { content, ...readFields(message) }), notes);
}

/** Images beside the content: Ollama has base64 there, others what they generated. */
function withImages(message: Fields, notes: Notes): Fields {
  const { images, content } = message;
  if (!Array.isArray(images)) return message;
  const parts = images.map((image) => (typeof image === "string" ? { type: "image", data: image } : image));
  const said = typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
  if (!Array.isArray(said)) return message;
  return withFields(message, {
    content: [...said, ...[textbookContent(parts, "user", notes)].flat()],
    images: undefined,
  });
}

function textbookAssistant(message: Fields, index: number, notes: Notes): Fields {
  const told = contentOf(message);
  const within = callsWithin(told, index);
  const own = textbookCalls(message.tool_calls, index, notes);
  const known = new Set<unknown>(
    Array.isArray(own) ? own.map((call) => (isJsonObject(call) ? call.id : undefined)) : [],
  );
  const lifted = within.filter((call) => !("id" in call) || !known.has(call.id));
  const tool_calls = lifted.length === 0 ? own : [...(Array.isArray(own) ? own : []), ...lifted];
  const content = textbookContent(withoutThoughts(withoutCalls(told)), "assistant", notes);
  const reasoning_details =
    message.reasoning_details ?? thoughtsWithin(told) ?? thoughtsWithin(message.thinking_blocks) ?? undefined;
  return withImages(
    withFields(message, {
      content,
      ...(reasoning_details === undefined ? {} : { reasoning_details, thinking_blocks: undefined }),
      ...readFields(message),
      tool_calls,
      function_call: textbookFunctionCall(message.function_call, own),
      ...spoken(message, content, notes),
      ...(message.prefix === true || message.prefix === false ? { prefix: undefined } : {}),
    }),
    notes,
  );
}

/** What was spoken cannot be heard again; what was said is in its transcript. */
function spoken({ audio }: Fields, content: unknown, notes: Notes): Fields {
  if (audio === undefined || audio === null) return {};
  notes.add("messages.audio");
  const transcript = isJsonObject(audio) ? wordsOf(audio.transcript) : undefined;
  return { audio: undefined, ...(transcript !== undefined && !content ? { content: transcript } : {}) };
}

function textbookTool(message: Fields, notes: Notes): Fields {
  const told = contentOf(message);
  const results = resultsWithin(told, notes);
  if (results) return withFields(message, { role: "user", content: results, tool_call_id: undefined, name: undefined });
  const { content, isError } = textbookOutput(told, notes);
  const failed = isError || message.is_error === true || message.isError === true || message.status === "error";
  const id = readId(message.tool_call_id, message.toolCallId, message.call_id, message.tool_use_id);
  const isLegacy = message.role === "function" && id === "" && typeof message.name === "string";
  return withFields(message, {
    content: told === null || told === undefined ? told : content,
    ...readFields(message),
    ...(failed && !isLegacy ? { is_error: true, isError: undefined, status: undefined } : {}),
    ...(isLegacy
      ? {}
      : { role: "tool", tool_call_id: id, toolCallId: undefined, call_id: undefined, tool_use_id: undefined }),
  });
}

/** Results of several calls in one message, each with its own id. */
function resultsWithin(content: unknown, notes: Notes): unknown {
  if (!Array.isArray(content) || content.length === 0) return undefined;
  const isOfResults = content.every((part) => isJsonObject(part) && isResultType(part.type));
  return isOfResults ? textbookContent(content, "user", notes) : undefined;
}

function toolMessage(id: string, output: unknown, hasFailed: boolean, notes: Notes): object {
  const { content, isError } = textbookOutput(output, notes);
  return { role: "tool", tool_call_id: id, content, ...(hasFailed || isError ? { is_error: true } : {}) };
}
