import type { ContentBlock, ResultPart, TextBlock } from "../../core/request.ts";
import { decodeFile } from "../attachments/decode-file.ts";
import { decodeImageUrl, decodeResultImage } from "../attachments/decode-image.ts";
import type { RemoteImages } from "../attachments/remote-images.ts";
import { resultBlocks, textBlocks } from "../content-blocks.ts";
import type { FilePart, ImagePart } from "./schema-content.ts";

type TextLike = { type: "text"; text: string } | { type: "refusal"; refusal: string };
type Content<Part> = string | readonly Part[] | null | undefined;

/** One block per part: the parts of a message stay apart, as the client sent them. */
export function decodeTexts(content: Content<TextLike>): TextBlock[] {
  if (typeof content === "string") return textBlocks(content);
  return (content ?? []).flatMap((part) => textBlocks(part.type === "text" ? part.text : part.refusal));
}

/** The content of a user message. `path` is that of the content. */
export function decodeUserContent(
  content: Content<TextLike | ImagePart | FilePart>,
  path: string,
  remote: RemoteImages,
): ContentBlock[] {
  if (typeof content === "string") return textBlocks(content);
  return (content ?? []).flatMap((part, index): ContentBlock[] => {
    if (part.type === "file") return [decodeFile(part.file, `${path}[${index}].file`)];
    if (part.type !== "image_url") return decodeTexts([part]);
    return [decodeImageUrl(part.image_url.url, `${path}[${index}].image_url.url`, remote)];
  });
}

export function decodeResultContent(
  content: Content<TextLike | ImagePart>,
  path: string,
  remote: RemoteImages,
): ResultPart[] {
  const blocks =
    typeof content === "string"
      ? textBlocks(content)
      : (content ?? []).flatMap((part, index): ContentBlock[] => {
          if (part.type !== "image_url") return decodeTexts([part]);
          return [decodeResultImage(part.image_url.url, `${path}[${index}].image_url.url`, remote)];
        });
  return resultBlocks(blocks);
}

export function joinTexts(content: Content<TextLike>): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => (part.type === "text" ? part.text : part.refusal)).join("\n\n");
}
