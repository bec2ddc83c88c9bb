import { invalid } from "../../../core/error.ts";
import type * as core from "../../../core/request.ts";
import { isBlank } from "../../../core/turns.ts";
import { base64OfDataUrl, checkedBase64, firstBytes, isDataUrl } from "../../attachments/base64.ts";
import { asResultImage, requireImage } from "../../attachments/decode-image.ts";
import type { RemoteImages } from "../../attachments/remote-images.ts";
import type { DocumentBlock, ImageBlock } from "../wire/messages.ts";
import { nativeBlock } from "./native.ts";

/** An image, which may stand in what a tool answered, is what its content says it is. One that is not here is for the API to get: by its address, or from Anthropic's own store. */
export function decodeImage(
  block: ImageBlock,
  path: string,
  remote: RemoteImages,
  isResult: boolean,
): core.ImageBlock | core.NativeBlock {
  // The field that holds it.
  const param = `${path}.source.${block.source.type === "url" ? "url" : "data"}`;
  return remote.attempt(param, () => {
    const image = readImage(block, param);
    return isResult && image.type === "image" ? asResultImage(image, param) : image;
  });
}

function readImage(block: ImageBlock, param: string): core.ImageBlock | core.NativeBlock {
  const { source, transformations } = block;
  if ("data" in source) return inline(checkedBase64(source.data, param));
  if (!("url" in source)) return nativeBlock(block);
  if (isDataUrl(source.url)) return inline(base64OfDataUrl(source.url, param));
  if (/^https?:\/\//i.test(source.url)) return nativeBlock(block);
  throw invalid(param, `'${param}' must be an https URL, or a data URL: data:image/png;base64,<data>.`);

  function inline(data: string): core.ImageBlock | core.NativeBlock {
    const image = requireImage(data, param);
    return isSet(transformations) ? nativeBlock(block) : image;
  }
}

/** What is said of a document beside its title, and documents by URL, in Anthropic's own store, or of several parts, the API alone reads. */
export function decodeDocument(
  block: DocumentBlock,
  path: string,
  remote: RemoteImages,
): core.DocumentBlock | core.NativeBlock | core.ImageBlock {
  const read = remote.attempt(`${path}.source`, () => readDocument(block, path));
  const isPlain = !isSet(block.context) && !isSet(block.citations);
  return isPlain || read.type !== "document" ? read : nativeBlock(block);
}

function readDocument(block: DocumentBlock, path: string): core.DocumentBlock | core.NativeBlock {
  const { source, title } = block;
  if (!("data" in source)) return nativeBlock(block);
  const named = title ? { title } : {};
  const param = `${path}.source.data`;
  if (source.type === "text") {
    if (isBlank(source.data)) throw invalid(param, `'${param}' is a text without a word.`);
    return { type: "document", ...named, source: { type: "text", text: source.data } };
  }
  const data = checkedBase64(source.data, param);
  if (Buffer.from(firstBytes(data)).toString("latin1").startsWith("%PDF-")) {
    return { type: "document", ...named, source: { type: "pdf", data } };
  }
  throw invalid(param, `'${param}' holds no PDF. Plain text is accepted with a source of type "text".`);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
