import { type Fields, isJsonObject } from "../../core/json.ts";
import { readCall, readId } from "../lenient/read-call.ts";
import { type ReadPart, readPart } from "../lenient/read-part.ts";
import { readRole } from "../lenient/read-words.ts";
import { type Notes, withFields } from "../lenient/rewrite.ts";
import { writeForeignItem } from "./foreign-items.ts";
import { writeApart, writeCall, writeMessage } from "./messages.ts";
import { textPart, writeFile, writeImage, writeOutput } from "./parts.ts";

/**
 * One item of the input as items in their textbook form: itself, where it is that, or where nothing is known that it could be, so
 * that its schema says what is wrong. It becomes none where it says nothing that the model can be told.
 */
export function writeItem(item: unknown, notes: Notes): readonly unknown[] {
  if (typeof item === "string") return [{ type: "message", role: "user", content: item }];
  if (!isJsonObject(item)) return [item];
  const type = item.type ?? undefined;
  switch (type) {
    case undefined:
    case "":
    case "message":
      return writeUntyped(item, notes);
    case "function_call":
    case "custom_tool_call":
      return writeOwnCall(item, type, notes);
    case "function_call_output":
    case "custom_tool_call_output":
      return [writeOwnResult(item, notes)];
    case "reasoning":
    case "web_search_call":
      return [withId(item)];
    case "item_reference":
      return [item];
    case "compaction":
    case "compaction_summary":
      return writeCompaction(item, notes);
  }
  if (typeof type !== "string") return [item];
  const part = item.role === undefined ? readPart(item) : undefined;
  if (part && part.kind !== "other") return writeLoosePart(part, type, notes);
  const role = readRole(item.role);
  if (role && !SETS_UP.has(type)) return writeMessage(withId(item), role, notes);
  return writeForeignItem(item, type, notes);
}

/** They have a role, and are no messages. */
const SETS_UP: ReadonlySet<string> = new Set(["additional_tools"]);

function writeUntyped(item: Fields, notes: Notes): readonly unknown[] {
  const role = readRole(item.role);
  if (role) return writeMessage(withId(item), role, notes);
  if (item.role !== undefined || item.type === "message") return [item];
  const part = readPart(item);
  if (part && part.kind !== "other") return writeLoosePart(part, "", notes);
  return Object.keys(item).every((field) => field === "id" || field === "type") && typeof item.id === "string"
    ? [{ type: "item_reference", id: item.id }]
    : [item];
}

function writeOwnCall(item: Fields, type: string, notes: Notes): readonly unknown[] {
  const isTextbook = typeof (type === "function_call" ? item.arguments : item.input) === "string";
  if (isTextbook && typeof item.call_id === "string" && isName(item.name)) return [withId(item)];
  const read = readCall(item);
  if (read) {
    const rest = { id: item.id, status: item.status, namespace: item.namespace };
    return [withId(withFields(writeCall(read), rest))];
  }
  // A call of nothing. What was answered to it is told as text.
  notes.add("input.name");
  return [];
}

function isName(name: unknown): boolean {
  return typeof name === "string" && name !== "";
}

function writeOwnResult(item: Fields, notes: Notes): Fields {
  const { output, isError } = writeOutput(item.output ?? item.content ?? item.result, notes);
  const id = readId(item.call_id, item.tool_call_id);
  return withId(
    withFields(item, {
      call_id: item.call_id === id ? item.call_id : id,
      output,
      ...(isError || item.isError === true ? { is_error: true } : {}),
    }),
  );
}

/** Of no use without what it stands for. */
function writeCompaction(item: Fields, notes: Notes): readonly unknown[] {
  if (typeof item.encrypted_content === "string") return [withId(withFields(item, { type: "compaction" }))];
  notes.add(`input.${item.type}`);
  return [];
}

/** A part that stands where an item should. */
function writeLoosePart(part: Exclude<ReadPart, { kind: "other" }>, type: string, notes: Notes): readonly unknown[] {
  const role = type === "output_text" || part.kind === "refusal" ? "assistant" : "user";
  switch (part.kind) {
    case "text":
    case "refusal":
      return [{ type: "message", role, content: [textPart(part.text, role)] }];
    case "image":
      return [{ type: "message", role: "user", content: [writeImage(part)] }];
    case "file":
      return [{ type: "message", role: "user", content: [writeFile(part)] }];
    case "call":
    case "result":
      return [writeApart(part, notes)];
    case "thinking":
      notes.add(`input.${type || "thinking"}`);
      return [];
  }
}

/** Ids that no item has: items are known by texts. */
function withId(item: Fields): Fields {
  const { id } = item;
  if (id === undefined || id === null || typeof id === "string") return item;
  return withFields(item, { id: typeof id === "number" ? String(id) : undefined });
}
