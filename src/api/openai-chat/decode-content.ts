import type { ContentBlock, ResultPart, TextBlock, ToolResultBlock } from "../../core/request.ts";
import { decodeFile } from "../attachments/decode-file.ts";
import { asResultImage, decodeImageUrl, decodeResultImage } from "../attachments/decode-image.ts";
import type { RemoteImages } from "../attachments/remote-images.ts";
import { resultBlocks, textBlocks } from "../content-blocks.ts";
import type { FilePart, ImagePart, RefusalPart, ResultPart as ResultMessagePart, TextPart } from "./schema-content.ts";

type Attachment = ImagePart | FilePart;
type Part = TextPart | RefusalPart | Attachment | ResultMessagePart;
type Content<Parts> = string | readonly Parts[] | null | undefined;

/** One block per part: the parts of a message stay apart, as the client sent them. `path` is that of the content. */
export function decodeContent(content: Content<Part>, path: string, remote: RemoteImages): ContentBlock[] {
  return decodeParts(content, path, (part, at) => {
    if (part.type === "tool_result") return [decodeResult(part, at, remote)];
    if (part.type === "file") return [decodeFilePart(part, at, remote)];
    return [decodeImageUrl(part.image_url.url, `${at}.image_url.url`, remote)];
  });
}

/** What a tool answered. */
export function decodeResultContent(
  content: Content<TextPart | Attachment>,
  path: string,
  remote: RemoteImages,
): ResultPart[] {
  const blocks = decodeParts(content, path, (part, at) => {
    if (part.type === "image_url") return [decodeResultImage(part.image_url.url, `${at}.image_url.url`, remote)];
    return part.type === "file" ? [decodeFilePart(part, at, remote, true)] : [];
  });
  return resultBlocks(blocks);
}

/** Instructions are one text. What is attached to them is apart. */
export function decodeInstruction(
  content: Content<TextPart | Attachment>,
  path: string,
  remote: RemoteImages,
): { readonly text: string; readonly attached: readonly ContentBlock[] } {
  if (typeof content === "string") return { text: content, attached: [] };
  const texts = (content ?? []).flatMap((part) => (part.type === "text" ? [part.text] : []));
  const attached = decodeContent(content, path, remote).filter(({ type }) => type !== "text");
  return { text: texts.join("\n\n"), attached };
}

type Text = TextPart | RefusalPart;

function decodeParts(
  content: Content<Part>,
  path: string,
  decode: (part: Exclude<Part, Text>, path: string) => ContentBlock[],
): ContentBlock[] {
  if (typeof content === "string") return textBlocks(content);
  return (content ?? []).flatMap((part, index) => {
    const isText = part.type === "text" || part.type === "refusal";
    return isText ? decodeText(part) : decode(part, `${path}[${index}]`);
  });
}

function decodeText(part: Text): TextBlock[] {
  return textBlocks(part.type === "text" ? part.text : part.refusal);
}

function decodeResult(part: ResultMessagePart, path: string, remote: RemoteImages): ToolResultBlock {
  const content = decodeResultContent(part.content, `${path}.content`, remote);
  return { type: "tool-result", callId: part.tool_call_id, content, ...(part.is_error ? { isError: true } : {}) };
}

function decodeFilePart({ file }: FilePart, path: string, remote: RemoteImages, isResult = false): ContentBlock {
  return remote.attempt(`${path}.file`, () => {
    const decoded = decodeFile(file, `${path}.file`);
    return isResult && decoded.type === "image" ? asResultImage(decoded, `${path}.file`) : decoded;
  });
}
