import { TextDecoder } from "node:util";
import { ApiError } from "../core/error.ts";

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
