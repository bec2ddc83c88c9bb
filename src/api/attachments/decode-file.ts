import Type, { type Static } from "typebox";
import { invalid } from "../../core/error.ts";
import type { DocumentBlock, ImageBlock, NativeBlock } from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";
import { optional } from "../validation/optional.ts";
import { base64OfDataUrl, checkedBase64, firstBytes, isDataUrl } from "./base64.ts";
import { imageOf } from "./decode-image.ts";

/** What a file may be told by. */
export const FileFields = Type.Object({
  file_data: optional(Type.String()),
  file_url: optional(Type.String()),
  file_id: optional(Type.String()),
  filename: optional(Type.String()),
});

/** A file is what its content says it is. `path` is that of the object with these fields. */
export function decodeFile(fields: Static<typeof FileFields>, path: string): DocumentBlock | ImageBlock | NativeBlock {
  const { file_data, file_url, file_id, filename } = fields;
  const title = filename ? { title: filename } : {};
  if (typeof file_data === "string") return readFile(file_data, `${path}.file_data`, title);
  if (typeof file_url === "string") {
    const param = `${path}.file_url`;
    return isDataUrl(file_url) ? readFile(file_url, param, title) : pdfAt(file_url, param, title);
  }
  const param = `${path}.file_data`;
  if (typeof file_id !== "string") throw invalid(param, `Missing required parameter: '${param}'. ${ACCEPTED}`);
  const instead = "send file_data, or a PDF's https URL as file_url";
  throw invalid(`${path}.file_id`, `There is no file store, so '${path}.file_id' names nothing: ${instead}.`);
}

/** Anthropic fetches it, and takes PDFs alone. */
function pdfAt(url: string, param: string, title: Title): NativeBlock {
  if (/^https:\/\//i.test(url) && URL.canParse(url)) {
    return { type: "native", block: { type: "document", source: { type: "url", url }, ...title } };
  }
  throw invalid(param, `'${param}' must be the https URL of a PDF, or a data URL with base64.`);
}

type Title = { readonly title?: string };

function readFile(data: string, param: string, title: Title): DocumentBlock | ImageBlock {
  const base64 = isDataUrl(data) ? base64OfDataUrl(data, param) : checkedBase64(data, param);
  if (Buffer.from(firstBytes(base64)).toString("latin1").startsWith("%PDF-")) {
    return { type: "document", ...title, source: { type: "pdf", data: base64 } };
  }
  const image = imageOf(base64, param);
  if (image) return image;
  const text = textOf(base64);
  if (text === undefined) throw invalid(param, `'${param}' is of a kind that Claude does not read. ${ACCEPTED}`);
  if (isBlank(text)) throw invalid(param, `'${param}' is a text without a word.`);
  return { type: "document", ...title, source: { type: "text", text } };
}

const ACCEPTED =
  "Accepted, as base64 or a base64 data URL, are PDF, plain text in UTF-8, and PNG, JPEG, GIF and WebP images.";

function textOf(base64: string): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(base64, "base64"));
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}
