import { isJsonObject } from "../../../core/json.ts";
import { readOutput } from "../../lenient/read-output.ts";
import { fileFieldsOf, type ReadPart, type ReadSource, readPart, wordsOf } from "../../lenient/read-part.ts";
import type { Notes } from "../../lenient/rewrite.ts";
import { mapKept } from "../../lenient/rewrite.ts";

export type Role = "instruction" | "user" | "assistant";

const NOTHING = { type: "text", text: "" };

/** The content of a message: a text, or textbook parts. What a message may lack is nothing said. */
export function textbookContent(content: unknown, role: Role, notes: Notes): unknown {
  if (typeof content === "string") return content;
  if (content === undefined || content === null) return role === "assistant" ? content : "";
  if (isEmpty(content)) return "";
  if (typeof content === "number" || typeof content === "boolean") return String(content);
  if (Array.isArray(content)) return mapKept(content, (part) => textbookPart(part, role, notes));
  const part = textbookPart(content, role, notes);
  return part === content && !isTextbook(part, role) ? content : [part];
}

/** What a tool answered. */
export function textbookOutput(
  output: unknown,
  notes: Notes,
): { readonly content: unknown; readonly isError: boolean } {
  const { content, isError } = readOutput(output);
  if (typeof content === "string") return { content, isError };
  return { content: mapKept(content, (part) => textbookPart(part, "instruction", notes)), isError };
}

function isEmpty(content: unknown): boolean {
  return isJsonObject(content) && Object.keys(content).length === 0;
}

/** A part is put in the same place, so that what is wrong with another is found where the client has it. */
function textbookPart(part: unknown, role: Role, notes: Notes): unknown {
  if (isTextbook(part, role)) return part;
  const read = readPart(part);
  return read ? writePart(read, role, notes) : part;
}

/** Whether it is a part that the message may have, by its type and the field that goes with it. */
function isTextbook(part: unknown, role: Role): boolean {
  if (!isJsonObject(part)) return false;
  switch (part.type) {
    case "text":
      return typeof part.text === "string";
    case "refusal":
      return role === "assistant" && typeof part.refusal === "string";
    case "image_url":
      return isJsonObject(part.image_url) && typeof part.image_url.url === "string" && isAddress(part.image_url.url);
    case "file":
      return (
        isJsonObject(part.file) && typeof part.file.file_data === "string" && !/^https?:/i.test(part.file.file_data)
      );
    default:
      return false;
  }
}

function writePart(read: ReadPart, role: Role, notes: Notes): unknown {
  switch (read.kind) {
    case "text":
    case "refusal":
      return { type: "text", text: read.text };
    case "image":
      return writeImage(read);
    case "file":
      return {
        type: "file",
        file: { ...fileFieldsOf(read), ...(read.name === undefined ? {} : { filename: read.name }) },
      };
    case "result":
      return role === "instruction" ? { type: "text", text: wordsOf(read.content) ?? "" } : writeResult(read, notes);
    case "call":
      return { type: "text", text: `[Call of ${read.name}: ${read.args}]` };
    case "thinking":
      notes.add("messages.content.thinking");
      return NOTHING;
    case "other":
      notes.add(`messages.content.${read.type}`);
      return read.text === undefined ? NOTHING : { type: "text", text: read.text };
  }
}

function writeImage(source: ReadSource): unknown {
  if (source.url !== undefined) return { type: "image_url", image_url: { url: source.url } };
  return { type: "file", file: fileFieldsOf(source) };
}

function writeResult({ callId, content, isError }: Extract<ReadPart, { kind: "result" }>, notes: Notes): object {
  const output = textbookOutput(content, notes);
  const failed = isError || output.isError ? { is_error: true } : {};
  return { type: "tool_result", tool_call_id: callId, content: output.content, ...failed };
}

function isAddress(url: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(url);
}
