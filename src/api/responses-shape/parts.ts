import { type Fields, isJsonObject } from "../../core/json.ts";
import { readOutput } from "../lenient/read-output.ts";
import { fileFieldsOf, type ReadPart, type ReadSource, readPart } from "../lenient/read-part.ts";
import { mapKept, type Notes } from "../lenient/rewrite.ts";

/** Who says something decides how a text is called. */
type Speaker = "user" | "assistant" | "instructions";

const TEXT_TYPES = { user: "input_text", assistant: "output_text", instructions: "input_text" } as const;

/** A part left out keeps its place as this, and is dropped with other blank texts. */
const NOTHING = "";

/** A part that says what cannot be said within a message, and so becomes an item of its own. */
export type Apart = Extract<ReadPart, { kind: "call" | "result" }>;

type WrittenParts = {
  /** The parts in their textbook form; the list itself where all are in it already. */
  readonly parts: readonly unknown[];
  /** By their places. */
  readonly apart: ReadonlyMap<number, Apart>;
};

export function writeParts(parts: readonly unknown[], speaker: Speaker, notes: Notes): WrittenParts {
  const apart = new Map<number, Apart>();
  const written = mapKept(parts, (part, index) => {
    if (isTextbook(part, speaker)) return part;
    const read = readPart(part);
    if (read === undefined) return part;
    if (read.kind !== "call" && read.kind !== "result") return writePart(read, speaker, notes);
    apart.set(index, read);
    return textPart(NOTHING, speaker);
  });
  return { parts: written, apart };
}

function isTextbook(part: unknown, speaker: Speaker): boolean {
  if (!isJsonObject(part)) return false;
  switch (part.type) {
    case "input_text":
      return typeof part.text === "string";
    case "output_text":
      return speaker === "assistant" && typeof part.text === "string";
    case "refusal":
      return speaker === "assistant" && typeof part.refusal === "string";
    case "input_image":
      return isAddress(part.image_url);
    case "input_file":
      return typeof part.file_data === "string" && isOptionalText(part.filename);
    default:
      return false;
  }
}

function isAddress(value: unknown): boolean {
  return typeof value === "string" && /^(?:https?|data):/i.test(value);
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || value === null || typeof value === "string";
}

type Spoken = Exclude<ReadPart, { kind: "call" | "result" }>;

function writePart(part: Spoken, speaker: Speaker, notes: Notes): Fields {
  switch (part.kind) {
    case "text":
      return textPart(part.text, speaker);
    case "refusal":
      return speaker === "assistant" ? { type: "refusal", refusal: part.text } : textPart(part.text, speaker);
    case "image":
      return writeImage(part);
    case "file":
      return writeFile(part);
    case "thinking":
      notes.add("input.content.thinking");
      return textPart(NOTHING, speaker);
    case "other":
      notes.add(`input.content.${part.type}`);
      return textPart(part.text ?? NOTHING, speaker);
  }
}

export function textPart(text: string, speaker: Speaker): Fields {
  return { type: TEXT_TYPES[speaker], text };
}

export function writeImage({ url, fileId }: ReadSource): Fields {
  return { type: "input_image", ...(url === undefined ? { file_id: fileId } : { image_url: url }) };
}

export function writeFile({ name, ...source }: ReadSource & { readonly name?: string | undefined }): Fields {
  return { type: "input_file", ...fileFieldsOf(source), ...(name === undefined ? {} : { filename: name }) };
}

/** What a tool answered, whatever form it has: a text, or parts. */
export function writeOutput(output: unknown, notes: Notes): { readonly output: unknown; readonly isError: boolean } {
  const { content, isError } = isMixed(output) ? { content: output, isError: false } : readOutput(output);
  if (typeof content === "string") return { output: content, isError };
  const written = mapKept(content, (part) => (isTextbook(part, "user") ? part : writeOutputPart(part, notes)));
  return { output: written, isError };
}

function writeOutputPart(part: unknown, notes: Notes): unknown {
  const read = readPart(part);
  if (read === undefined || read.kind === "call" || read.kind === "result") return part;
  if (read.kind !== "other" || read.text !== undefined) return writePart(read, "user", notes);
  if (!HEARD_OR_SEEN.test(read.type)) return textPart(JSON.stringify(part), "user");
  notes.add(`input.output.${read.type}`);
  return textPart(NOTHING, "user");
}

const HEARD_OR_SEEN = /audio|video/;

/** Whether parts that are known stand beside others that have a type: what the others hold may be long, and no text. */
function isMixed(output: unknown): output is readonly unknown[] {
  const isTyped = (part: unknown) => typeof part === "string" || (isJsonObject(part) && typeof part.type === "string");
  if (!Array.isArray(output) || !output.every(isTyped)) return false;
  const reads = output.map(readPart);
  const isKnown = (read: ReadPart | undefined) =>
    read?.kind === "text" || read?.kind === "image" || read?.kind === "file";
  return reads.some(isKnown) && reads.every((read) => isKnown(read) || read?.kind === "other");
}
