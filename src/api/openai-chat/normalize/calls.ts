import { isJsonObject, sameJson } from "../../../core/json.ts";
import { type ReadCall, readCall } from "../../lenient/read-call.ts";
import { readList } from "../../lenient/read-options.ts";
import type { Notes } from "../../lenient/rewrite.ts";
import { mapKept } from "../../lenient/rewrite.ts";

/** The calls of an assistant's message. `path` makes ids for those that have none: the same each time the conversation is sent. */
export function textbookCalls(given: unknown, message: number, notes: Notes): unknown {
  if (given === undefined || given === null) return given;
  const calls = readList(given) ?? null;
  if (!Array.isArray(calls)) return calls;
  const named = calls.filter((call) => !isNameless(call));
  if (named.length < calls.length) notes.add("messages.tool_calls");
  const told = named.length < calls.length ? named : calls;
  return mapKept(told, (call, index) => textbookCall(call, `call_${message}_${index}`));
}

/** A call of nothing, as streams leave behind that were cut. What was answered to it is told as text. */
function isNameless(call: unknown): boolean {
  if (call === null) return true;
  if (!isJsonObject(call)) return false;
  const called = [call.function, call.custom].find((inner) => isJsonObject(inner)) ?? call;
  return isJsonObject(called) && (called.name ?? called.toolName ?? "") === "";
}

/** The calls that stand among the parts of a content, as Anthropic and the AI SDK have them. */
export function callsWithin(content: unknown, message: number): object[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap((part, index) => {
    const call = isNamedCall(part) ? readCall(part) : undefined;
    return call ? [writeCall(call, `call_${message}_part_${index}`)] : [];
  });
}

/** The content without its calls, each in whose place nothing is said. */
export function withoutCalls(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  return mapKept(content, (part) => (isNamedCall(part) && readCall(part) ? { type: "text", text: "" } : part));
}

/** A part of a content is a call only if it says so. */
function isNamedCall(part: unknown): boolean {
  return isJsonObject(part) && typeof part.type === "string" && part.type !== "";
}

/** The one call of old, unless it is told among the others, too. */
export function textbookFunctionCall(call: unknown, calls: unknown): unknown {
  if (call === "" || (isJsonObject(call) && !call.name)) return null;
  if (!isJsonObject(call)) return call;
  const { name } = call;
  const isTold = Array.isArray(calls) && calls.some((told) => sameCall(readCall(told), readCall(call)));
  if (isTold) return null;
  if (typeof call.arguments === "string") return call;
  return { name, arguments: readCall(call)?.args };
}

function sameCall(a: ReadCall | undefined, b: ReadCall | undefined): boolean {
  return sameJson([a?.name, a?.args], [b?.name, b?.args]);
}

function textbookCall(call: unknown, id: string): unknown {
  if (isTextbook(call)) return call;
  const read = readCall(call);
  return read ? writeCall(read, id) : call;
}

function isTextbook(call: unknown): boolean {
  if (!isJsonObject(call) || typeof call.id !== "string") return false;
  if (call.type === "custom") return isJsonObject(call.custom) && typeof call.custom.input === "string";
  if (call.type !== undefined && call.type !== "function") return false;
  return isJsonObject(call.function) && typeof call.function.arguments === "string";
}

function writeCall({ id, name, args, custom }: ReadCall, unnamed: string): object {
  const own = id === "" ? unnamed : id;
  if (custom) return { id: own, type: "custom", custom: { name, input: args } };
  return { id: own, type: "function", function: { name, arguments: args } };
}
