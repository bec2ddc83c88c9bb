import { type Fields, isJsonObject } from "../../core/json.ts";
import { type ReadCall, readCall, readId } from "../lenient/read-call.ts";
import type { ReadRole } from "../lenient/read-words.ts";
import { type Notes, withFields } from "../lenient/rewrite.ts";
import { type Apart, writeOutput, writeParts } from "./parts.ts";

/** One message as items in their textbook form: itself, where it is that. */
export function writeMessage(message: Fields, role: ReadRole, notes: Notes): readonly Fields[] {
  if (role === "tool" || role === "function") return [writeToolMessage(message, notes)];
  const speaker = role === "user" || role === "assistant" ? role : "instructions";
  const content = contentOf(message);
  if (!Array.isArray(content)) {
    return withCalls(message, [withFields(message, { ...plain(message), role, content })], notes);
  }
  const { parts, apart } = writeParts(content, speaker, notes);
  const spoken = withFields(message, { ...plain(message), role, content: parts });
  if (apart.size === 0) return withCalls(message, [spoken], notes);
  const items =
    speaker === "assistant"
      ? inOrder(spoken, parts, apart, notes)
      : // Results come first, as the API has them.
        [...[...apart.values()].map((part) => writeApart(part, notes)), spoken];
  return withCalls(message, items, notes);
}

/** What a message has no more once it was read: its calls are items of their own. */
function plain({ type }: Fields): Fields {
  const own = type === undefined ? undefined : "message";
  return { type: own, tool_calls: undefined, function_call: undefined, parts: undefined };
}

/** What programs call the content, and in which form. */
function contentOf({ content, parts, text }: Fields): unknown {
  const given = content ?? parts ?? text ?? "";
  if (isJsonObject(given)) return [given];
  return typeof given === "number" || typeof given === "boolean" ? String(given) : given;
}

function writeToolMessage(message: Fields, notes: Notes): Fields {
  const callId = readId(message.tool_call_id, message.call_id);
  const hasFailed = message.is_error === true || message.isError === true;
  return writeResult(callId, message.content ?? message.output, hasFailed, notes);
}

export function writeResult(callId: string, content: unknown, hasFailed: boolean, notes: Notes): Fields {
  const { output, isError } = writeOutput(content, notes);
  const failed = hasFailed || isError ? { is_error: true } : {};
  return { type: "function_call_output", call_id: callId, output, ...failed };
}

export function writeCall({ id, name, args, custom }: ReadCall): Fields {
  return custom
    ? { type: "custom_tool_call", call_id: id, name, input: args }
    : { type: "function_call", call_id: id, name, arguments: args };
}

/** The calls of a chat's message follow what it says, which may be nothing. */
function withCalls(message: Fields, items: readonly Fields[], notes: Notes): readonly Fields[] {
  const { tool_calls: calls, function_call: legacy } = message;
  const told = [...(Array.isArray(calls) ? calls : []), ...(isJsonObject(legacy) && !calls ? [legacy] : [])];
  const written = told.flatMap((call) => {
    const read = readCall(call);
    if (read === undefined) notes.add("input.tool_calls");
    return read === undefined ? [] : [writeCall(read)];
  });
  return written.length === 0 ? items : [...items, ...written];
}

/** An assistant's texts and calls in their order. */
function inOrder(
  spoken: Fields,
  parts: readonly unknown[],
  apart: ReadonlyMap<number, Apart>,
  notes: Notes,
): readonly Fields[] {
  const items: Fields[] = [];
  let texts: unknown[] = [];
  const endTexts = () => {
    if (texts.length > 0) items.push({ ...spoken, content: texts });
    texts = [];
  };
  for (const [index, part] of parts.entries()) {
    const own = apart.get(index);
    if (own === undefined) texts.push(part);
    else {
      endTexts();
      items.push(writeApart(own, notes));
    }
  }
  endTexts();
  return items;
}

export function writeApart(part: Apart, notes: Notes): Fields {
  return part.kind === "call" ? writeCall(part) : writeResult(part.callId, part.content, part.isError, notes);
}
