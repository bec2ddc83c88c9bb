import type { DocumentBlock, ImageBlock } from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";
import { invalid } from "../invalid.ts";
import { base64OfDataUrl, checkedBase64, firstBytes, isDataUrl } from "./base64.ts";
import { imageOf } from "./decode-image.ts";

export type FileFields = {
  readonly file_data?: string | null | undefined;
  readonly file_id?: string | null | undefined;
  readonly filename?: string | null | undefined;
};

/** A file is what its content says it is. `path` is that of the object with these fields. */
export function decodeFile({ file_data, file_id, filename }: FileFields, path: string): DocumentBlock | ImageBlock {
  const param = `${path}.file_data`;
  if (typeof file_data !== "string") {
    if (typeof file_id !== "string") throw invalid(param, `Missing required parameter: '${param}'. ${ACCEPTED}`);
    throw invalid(`${path}.file_id`, `There is no file store, so '${path}.file_id' names nothing: send file_data.`);
  }
  const base64 = isDataUrl(file_data) ? base64OfDataUrl(file_data, param) : checkedBase64(file_data, param);
  const title = filename ? { title: filename } : {};
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
