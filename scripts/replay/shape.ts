import { isFields } from "../../src/simulator/messages-body.ts";
import { inTheApisForm } from "../../src/simulator/thinking-signature.ts";
import { JPEG, PDF, PNG } from "../../test/support/media.ts";

/** A request of Anthropic's API that a program was seen to send: the body of POST /v1/messages, and the betas named beside it. */
export type Shape = {
  readonly id: string;
  /** The project that has the recording. */
  readonly from: string;
  readonly request: Fields;
  readonly betas?: readonly string[];
};

type Fields = { readonly [field: string]: unknown };

const BLANK = /^<(\d+) characters>$/;

/** Reads lines of `{id, from, request}`. Throws an error that names the line that is none. */
export function readShapes(lines: string): Shape[] {
  return lines.split("\n").flatMap((line, at) => {
    if (line.trim() === "") return [];
    const fields: unknown = JSON.parse(line);
    if (!isFields(fields) || !isFields(fields.request)) throw new Error(`line ${at + 1} is no {id, from, request}`);
    const { id = at + 1, from = "?", betas } = fields;
    const named = Array.isArray(betas) ? { betas: betas.map(String) } : {};
    return [{ id: String(id), from: String(from), request: fields.request, ...named }];
  });
}

/**
 * Puts something of its kind in the place of what is blanked (`<12 characters>`): words, a signature, a picture, a document. What is not
 * blanked stays.
 */
export function fillBlanks(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, filled(value, fields, name)]));
}

function filled(value: unknown, fields: Fields, name: string): unknown {
  if (typeof value === "string") return fillBlank(value, fields, name);
  if (Array.isArray(value)) return value.map((entry) => filled(entry, fields, name));
  return isFields(value) ? fillBlanks(value) : value;
}

function fillBlank(value: string, fields: Fields, name: string): string {
  const length = BLANK.exec(value)?.[1];
  if (length === undefined) return value;
  if (name === "data" && fields.media_type === "application/pdf") return PDF;
  if (name === "data" && fields.media_type === "image/jpeg") return JPEG;
  if (name === "data" && fields.media_type === "image/png") return PNG;
  const count = Number(length);
  if (name === "signature") return inTheApisForm("s".repeat(Math.max(3, count * 0.7)));
  if (SIGNED.has(name)) return Buffer.from("s".repeat(Math.max(3, count * 0.75))).toString("base64");
  return "word "
    .repeat(count / 5 + 1)
    .slice(0, count)
    .trimEnd()
    .padEnd(count, ".");
}

const SIGNED = new Set(["encrypted_content", "encrypted_index"]);

/** What of it the API signed: the simulated one is told to take it. */
export function signaturesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(signaturesIn);
  if (!isFields(value)) return [];
  const own = [value.type === "thinking" && value.signature, value.type === "redacted_thinking" && value.data];
  return [...own.filter((entry) => typeof entry === "string"), ...Object.values(value).flatMap(signaturesIn)];
}
