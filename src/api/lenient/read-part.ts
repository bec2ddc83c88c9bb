import { type Fields, isJsonObject } from "../../core/json.ts";
import type { ThinkingBlock } from "../../core/request.ts";
import { imageTypeOf } from "../../media/image.ts";
import { type ReadCall, readCall, readId } from "./read-call.ts";

/**
 * A part of a message's content, told from the many spellings that programs have for it: OpenAI's two APIs, Anthropic's, the AI SDK's,
 * MCP's. A dialect that meets one of another writes it in its own textbook form.
 */
export type ReadPart =
  | { readonly kind: "text" | "refusal"; readonly text: string }
  | ({ readonly kind: "image" } & ReadSource)
  | ({ readonly kind: "file"; readonly name: string | undefined } & ReadSource)
  | ({ readonly kind: "call" } & ReadCall)
  | ({ readonly kind: "result" } & ReadResult)
  /** What a model thought, in whatever form; `block`: with what its API knows it by, as Anthropic has it. */
  | { readonly kind: "thinking"; readonly block?: ThinkingBlock }
  /** Whatever else has a type; `text` is what it says in words. */
  | { readonly kind: "other"; readonly type: string; readonly text: string | undefined };

/** Where the bytes are: one of these is there. `url` is a web address or a data URL; `text` is the content of a text file. */
export type ReadSource = { readonly url?: string; readonly fileId?: string; readonly text?: string };

export type ReadResult = {
  /** Empty where none is given. */
  readonly callId: string;
  /** The content as it is: a text, parts, or any JSON. */
  readonly content: unknown;
  readonly isError: boolean;
};

const TEXT_TYPES: ReadonlySet<unknown> = new Set(["text", "input_text", "output_text", "summary_text", "", undefined]);
const IMAGE_TYPES: ReadonlySet<unknown> = new Set(["image", "image_url", "input_image", "computer_screenshot"]);
const FILE_TYPES: ReadonlySet<unknown> = new Set(["file", "input_file", "document"]);
const RESULT_TYPES: ReadonlySet<unknown> = new Set(
  "tool_result tool-result function_call_output custom_tool_call_output".split(" "),
);
const THINKING_TYPES: ReadonlySet<unknown> = new Set(
  "thinking redacted_thinking reasoning reasoning_text reasoning_content redacted-reasoning".split(" "),
);

/** Undefined: it is no part in any spelling that is known. */
export function readPart(part: unknown): ReadPart | undefined {
  const bare = bareText(part);
  if (bare !== undefined) return { kind: "text", text: bare };
  if (!isJsonObject(part)) return undefined;
  const type = typeOf(part);
  if (type === undefined || type === "" ? bareText(part.text) !== undefined : TEXT_TYPES.has(type))
    return readText(part);
  if (type === "refusal" && isText(part.refusal)) return { kind: "refusal", text: part.refusal };
  if (IMAGE_TYPES.has(type)) return readImage(part);
  if (type === "resource" && isJsonObject(part.resource)) return readResource(part.resource);
  if (FILE_TYPES.has(type)) return readFile(part);
  if (RESULT_TYPES.has(type)) return { kind: "result", ...readResult(part) };
  if (THINKING_TYPES.has(type)) return readThinking(part);
  const call = readCall(part);
  if (call) return { kind: "call", ...call };
  return isText(type) && type !== "" ? { kind: "other", type, text: wordsOf(part) } : undefined;
}

/** What is a text without being a part of its own; null says nothing. */
function bareText(value: unknown): string | undefined {
  if (value === null) return "";
  return isText(value) || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** What a part without a type is, by the field that it has. */
const FIELDS_OF_TYPES = [
  ["image_url", "image_url"],
  ["image", "image"],
  ["file", "file"],
  ["inline_data", "file"],
  ["inlineData", "file"],
  ["input_audio", "input_audio"],
  ["video_url", "video_url"],
] as const;

function typeOf(part: Fields): unknown {
  const type = part.type ?? undefined;
  if ((type !== undefined && type !== "") || isText(part.text)) return type;
  return FIELDS_OF_TYPES.find(([field]) => part[field] !== undefined && part[field] !== null)?.[1] ?? type;
}

/** The words in what was not understood: a text, or the texts of parts, wherever the common names for them are. */
export function wordsOf(value: unknown): string | undefined {
  if (isText(value)) return value;
  if (Array.isArray(value)) return value.map(wordsOf).filter(Boolean).join("\n") || undefined;
  if (!isJsonObject(value)) return undefined;
  return wordsOf(value.text ?? value.content ?? value.output ?? value.result ?? undefined);
}

/** Whether the type of an item or a part says that it is a result of a call. */
export function isResultType(type: unknown): boolean {
  return RESULT_TYPES.has(type);
}

export function readResult(part: Fields): ReadResult {
  return {
    callId: readId(part.tool_use_id, part.tool_call_id, part.call_id, part.toolCallId),
    content: part.content ?? part.output ?? part.result ?? undefined,
    isError: part.is_error === true || part.isError === true,
  };
}

function readText(part: Fields): ReadPart | undefined {
  const { text } = part;
  const said = bareText(isJsonObject(text) ? text.value : text === undefined ? (part.content ?? part.value) : text);
  return said === undefined ? undefined : { kind: "text", text: said };
}

function readThinking({ thinking, text, signature, data }: Fields): ReadPart {
  if (isText(data) && data !== "") return { kind: "thinking", block: { type: "thinking", redacted: data } };
  if (!isText(signature) || signature === "") return { kind: "thinking" };
  return { kind: "thinking", block: { type: "thinking", text: firstText(thinking, text) ?? "", signature } };
}

function readImage(part: Fields): ReadPart | undefined {
  const source = readSource(part, part.image_url, part.image);
  return source && { kind: "image", ...source };
}

function readFile(part: Fields): ReadPart | undefined {
  const inner = isJsonObject(part.file) ? { ...part, ...part.file } : part;
  const source = readSource(inner, inner.file_data, inner.file_url, inner.file, inner.inline_data, inner.inlineData);
  return source && { kind: "file", name: firstText(inner.filename, inner.title, inner.name), ...source };
}

/** What an MCP server embeds in its answer. */
function readResource({ text, blob, uri, ...resource }: Fields): ReadPart | undefined {
  if (isText(text)) return { kind: "text", text };
  return readFile({ ...resource, data: blob, filename: uri });
}

/** A place where bytes may be named: a text that is an address, a data URL or base64 itself; an object that holds one. */
function readSource(part: Fields, ...places: readonly unknown[]): ReadSource | undefined {
  const type = firstText(part.media_type, part.mediaType, part.mimeType, part.mime_type);
  for (const place of [...places, part.url, part.data, part.source]) {
    const source = isJsonObject(place) ? readInner(place, type) : isText(place) ? readAddress(place, type) : undefined;
    if (source) return source;
  }
  const fileId = firstText(part.file_id, part.fileId);
  return fileId === undefined ? undefined : { fileId };
}

function readInner(source: Fields, outerType: string | undefined): ReadSource | undefined {
  const type = firstText(source.media_type, source.mediaType, source.mimeType, source.mime_type) ?? outerType;
  if (source.type === "text" && isText(source.data)) return { text: source.data };
  if (source.type === "content") {
    const text = wordsOf(source.content);
    if (text !== undefined) return { text };
  }
  for (const place of [source.url, source.data]) if (isText(place)) return readAddress(place, type);
  const fileId = firstText(source.file_id, source.fileId);
  return fileId === undefined ? undefined : { fileId };
}

const BASE64 = /^[A-Za-z0-9+/\s]{16,}(?:={1,2}\s*)?$/;
const ADDRESS = /^[a-z][a-z0-9+.-]*:/i;

function readAddress(text: string, type: string | undefined): ReadSource | undefined {
  if (text === "") return undefined;
  // A bare name or a path is none of both: whoever reads it says so.
  if (ADDRESS.test(text) || !BASE64.test(text)) return { url: text };
  // Base64 as it is. What it holds is told by its content; the label is for those who look at it.
  const label = type ?? imageTypeOf(Buffer.from(text.slice(0, 64), "base64")) ?? "application/octet-stream";
  return { url: `data:${label};base64,${text}` };
}

/** A file's fields in OpenAI's dialects. */
export function fileFieldsOf({ url, fileId, text }: ReadSource): Fields {
  if (text !== undefined) return { file_data: `data:text/plain;base64,${Buffer.from(text).toString("base64")}` };
  if (url === undefined) return { file_id: fileId };
  return /^https?:/i.test(url) ? { file_url: url } : { file_data: url };
}

export function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value): value is string => isText(value) && value !== "");
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
