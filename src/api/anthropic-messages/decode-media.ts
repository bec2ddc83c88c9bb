import type * as core from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";
import { checkedBase64, firstBytes } from "../attachments/base64.ts";
import { asResultImage, decodeImageUrl, requireImage } from "../attachments/decode-image.ts";
import type { RemoteImages } from "../attachments/remote-images.ts";
import { invalid } from "../invalid.ts";
import { nativeBlock } from "./native-block.ts";
import type { DocumentBlock, ImageBlock } from "./schema-content.ts";

/** An image is what its content says it is; one in Anthropic's own store is for the API to get. */
export function decodeImage(block: ImageBlock, path: string, remote: RemoteImages): core.ImageBlock | core.NativeBlock {
  const { source } = block;
  if (source.type === "file") return nativeBlock(block);
  const param = imageParam(source.type, path);
  if (source.type === "url") return decodeImageUrl(source.url, param, remote);
  return remote.attempt(param, () => requireImage(checkedBase64(source.data, param), param));
}

/** The same in what a tool answered. */
export function decodeResultImage(
  block: ImageBlock,
  path: string,
  remote: RemoteImages,
): core.ImageBlock | core.NativeBlock {
  const image = decodeImage(block, path, remote);
  const param = imageParam(block.source.type, path);
  return image.type === "image" ? remote.attempt(param, () => asResultImage(image, param)) : image;
}

/** The field that holds the image. `path` is that of the block. */
function imageParam(type: ImageBlock["source"]["type"], path: string): string {
  return `${path}.source.${type === "url" ? "url" : "data"}`;
}

/** Documents by URL, or in Anthropic's own store, are for the API to get. */
export function decodeDocument(
  block: DocumentBlock,
  path: string,
  remote: RemoteImages,
): core.DocumentBlock | core.NativeBlock | core.ImageBlock {
  return remote.attempt(`${path}.source`, () => readDocument(block, path));
}

function readDocument(block: DocumentBlock, path: string): core.DocumentBlock | core.NativeBlock {
  const { source, title } = block;
  const named = title ? { title } : {};
  switch (source.type) {
    case "url":
    case "file":
      return nativeBlock(block);
    case "base64": {
      const param = `${path}.source.data`;
      const data = checkedBase64(source.data, param);
      if (Buffer.from(firstBytes(data)).toString("latin1").startsWith("%PDF-")) {
        return { type: "document", ...named, source: { type: "pdf", data } };
      }
      throw invalid(param, `'${param}' holds no PDF. Plain text is accepted with a source of type "text".`);
    }
    case "text":
      return { type: "document", ...named, source: plainText(source.data, `${path}.source.data`) };
    case "content":
      return { type: "document", ...named, source: plainText(joined(source.content), `${path}.source.content`) };
  }
}

function plainText(text: string, param: string): core.DocumentBlock["source"] {
  if (isBlank(text)) throw invalid(param, `'${param}' is a text without a word.`);
  return { type: "text", text };
}

function joined(content: string | readonly { readonly text: string }[]): string {
  return typeof content === "string" ? content : content.map(({ text }) => text).join("\n\n");
}
