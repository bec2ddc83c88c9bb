import type * as core from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";
import { checkedBase64, firstBytes } from "../attachments/base64.ts";
import { decodeImageUrl, requireImage } from "../attachments/decode-image.ts";
import type { RemoteImages } from "../attachments/remote-images.ts";
import { invalid } from "../invalid.ts";
import type { DocumentBlock, ImageBlock } from "./schema-content.ts";

/** An image is what its content says it is. */
export function decodeImage({ source }: ImageBlock, path: string, remote: RemoteImages): core.ImageBlock {
  if (source.type === "url") return decodeImageUrl(source.url, imageParam(source, path), remote);
  const param = imageParam(source, path);
  return requireImage(checkedBase64(source.data, param), param);
}

/** The field that holds the image. `path` is that of the block. */
export function imageParam({ type }: ImageBlock["source"], path: string): string {
  return `${path}.source.${type === "url" ? "url" : "data"}`;
}

export function decodeDocument({ source, title }: DocumentBlock, path: string): core.DocumentBlock {
  const named = title ? { title } : {};
  if (source.type === "base64") {
    const param = `${path}.source.data`;
    const data = checkedBase64(source.data, param);
    if (Buffer.from(firstBytes(data)).toString("latin1").startsWith("%PDF-")) {
      return { type: "document", ...named, source: { type: "pdf", data } };
    }
    throw invalid(param, `'${param}' holds no PDF. Plain text is accepted with a source of type "text".`);
  }
  const [text, param] =
    source.type === "text" ? [source.data, `${path}.source.data`] : [joined(source.content), `${path}.source.content`];
  if (isBlank(text)) throw invalid(param, `'${param}' is a text without a word.`);
  return { type: "document", ...named, source: { type: "text", text } };
}

function joined(content: string | readonly { readonly text: string }[]): string {
  return typeof content === "string" ? content : content.map(({ text }) => text).join("\n\n");
}
