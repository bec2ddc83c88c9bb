import { TextDecoder } from "node:util";
import { ApiError } from "../../core/error.ts";

/** What a page can send to any server without asking it first, or with no type at all. */
const SIMPLE = ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"];

/** What is no text, whatever is in it. */
const BINARY = /^(?:multipart|image|audio|video|font)\/|^application\/(?:octet-stream|pdf|zip)$/;

/**
 * What the headers say of a body: whether it is JSON, and in which character set, where one is named. Many programs say nothing, or `curl -d`'s
 * word for a form, and send JSON: it is read as such. Where the sender may be a page, only types are taken for which its browser asks first, and
 * the Origin check has answered: old browsers send forms without an Origin. Throws an ApiError for what is not taken.
 */
export function contentType(headers: Headers) {
  const [name = "", ...parameters] = (headers.get("content-type") ?? "").toLowerCase().split(";");
  const type = name.trim();
  const mayBePage = headers.get("user-agent")?.startsWith("Mozilla/") === true && !headers.has("origin");
  if (BINARY.test(type) || (mayBePage && SIMPLE.includes(type))) throw notJson("The request body must be JSON");
  const charsets = parameters.map(charsetIn);
  return { isJson: /^(?:application|text)\/(?:[\w.-]+\+)?json$/.test(type), charset: charsets.find((own) => own) };
}

/** The value of `charset`, of a parameter that is one. */
function charsetIn(parameter: string): string | undefined {
  const [name = "", value = "", ...others] = parameter.split("=").map((part) => part.trim());
  return name === "charset" && others.length === 0 ? /^"?([^"\s]*)"?$/.exec(value)?.[1] : undefined;
}

/** The refusal of a body, for the reason that is given. */
export function notJson(why: string): ApiError {
  return new ApiError("unsupported_media_type", `${why}, sent with the header 'Content-Type: application/json'.`);
}

/** What begins so is written so, whatever a header says. */
const MARKS: readonly (readonly [mark: readonly number[], label: string])[] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xfe, 0xff], "utf-16be"],
  [[0xff, 0xfe], "utf-16le"],
];

const UTF8 = ["utf-8", "utf8", "us-ascii", "ascii"];

/** Bytes of a text as UTF-8. Throws an ApiError for a character set that is not known, and for bytes that are none of it. */
export function toUtf8(bytes: Uint8Array, charset = "utf-8"): Uint8Array {
  const marked = MARKS.find(([mark]) => mark.every((byte, index) => byte === bytes[index]))?.[1];
  const label = marked ?? charset.replace(/^utf_/, "utf-");
  if (UTF8.includes(label)) return bytes;
  const decoder = decoderOf(label);
  try {
    return Buffer.from(decoder.decode(bytes));
  } catch (cause) {
    throw new ApiError("invalid_request", `The request body is not valid ${decoder.encoding}.`, { cause });
  }
}

function decoderOf(label: string): TextDecoder {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch (cause) {
    const taken = "UTF-8 is best; UTF-16, ISO-8859-1 and others that browsers know are taken, too";
    throw new ApiError("unsupported_media_type", `Unknown character set in the Content-Type: ${taken}.`, { cause });
  }
}
