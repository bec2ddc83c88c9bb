import type { ImageBlock, ImageType } from "../../core/request.ts";
import { imageSizeOf } from "../../media/image.ts";
import { invalid } from "../invalid.ts";
import { firstBytes } from "./base64.ts";

/** An image with its size, which is told by a header: the CLI puts a note to the model in the place of one that has none. */
export function imageBlock(mediaType: ImageType, base64: string, param: string): ImageBlock {
  const size = imageSizeOf(headerOf(mediaType, base64), mediaType);
  if (size) return { type: "image", mediaType, data: base64, ...size };
  const found = `'${param}' begins like ${NAMES[mediaType]} image, but its header, which tells width and height, is broken or cut off`;
  throw invalid(param, `${found}. Whole PNG, JPEG, GIF and WebP images are accepted.`);
}

/** Where the size may stand: in a JPEG anywhere before the pixels, in all others right at the beginning. */
function headerOf(mediaType: ImageType, base64: string): Uint8Array {
  return mediaType === "image/jpeg" ? Buffer.from(base64, "base64") : firstBytes(base64);
}

const NAMES: Readonly<Record<ImageType, string>> = {
  "image/png": "a PNG",
  "image/jpeg": "a JPEG",
  "image/gif": "a GIF",
  "image/webp": "a WebP",
};
