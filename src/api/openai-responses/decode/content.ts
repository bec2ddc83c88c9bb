import type { ContentBlock, ResultPart } from "../../../core/request.ts";
import { decodeFile } from "../../attachments/decode-file.ts";
import { asResultImage, decodeImageUrl, decodeResultImage } from "../../attachments/decode-image.ts";
import type { RemoteImages } from "../../attachments/remote-images.ts";
import { resultBlocks, textBlocks } from "../../conversation/content-blocks.ts";
import { invalid } from "../../invalid.ts";
import { textsOf } from "../../web-search/citations.ts";
import type { ContentPart, InputImage, TextPart } from "../wire/items.ts";

type Content<Part> = string | readonly Part[];

/** The content of a message: one block per part, which stay apart as the client sent them. `path` is that of the content. */
export function decodeContent(content: Content<ContentPart>, path: string, remote: RemoteImages): ContentBlock[] {
  if (typeof content === "string") return textBlocks(content);
  return content.flatMap((part, index): ContentBlock[] => {
    const at = `${path}[${index}]`;
    if (part.type === "input_image") return [decodeImage(part, at, remote, decodeImageUrl)];
    if (part.type === "input_file") return [remote.attempt(`${at}.input_file`, () => decodeFile(part, at))];
    const cited = part.type === "output_text" ? textsOf(part.text, part.annotations) : undefined;
    return cited ?? textBlocks(textOf(part));
  });
}

/** What a tool answered. */
export function decodeOutput(output: Content<ContentPart>, path: string, remote: RemoteImages): ResultPart[] {
  if (typeof output === "string") return resultBlocks(textBlocks(output));
  const blocks = output.flatMap((part, index): ContentBlock[] => {
    const at = `${path}[${index}]`;
    if (part.type === "input_image") return [decodeImage(part, at, remote, decodeResultImage)];
    if (part.type !== "input_file") return textBlocks(textOf(part));
    const read = () => {
      const file = decodeFile(part, at);
      return file.type === "image" ? asResultImage(file, `${at}.file_data`) : file;
    };
    return [remote.attempt(`${at}.input_file`, read)];
  });
  return resultBlocks(blocks);
}

/** Instructions are one text. What is attached to them is apart. */
export function decodeInstruction(
  content: Content<ContentPart>,
  path: string,
  remote: RemoteImages,
): { readonly text: string; readonly attached: readonly ContentBlock[] } {
  if (typeof content === "string") return { text: content, attached: [] };
  const texts = content.flatMap((part) => (isText(part) ? [textOf(part)] : []));
  const attached = decodeContent(content, path, remote).filter(({ type }) => type !== "text");
  return { text: texts.join("\n\n"), attached };
}

function isText(part: ContentPart): part is TextPart {
  return part.type !== "input_image" && part.type !== "input_file";
}

function textOf(part: TextPart): string {
  return part.type === "refusal" ? part.refusal : part.text;
}

function decodeImage(
  { image_url, file_id }: InputImage,
  path: string,
  remote: RemoteImages,
  decodeUrl: typeof decodeImageUrl,
) {
  const param = `${path}.image_url`;
  if (typeof image_url === "string") return decodeUrl(image_url, param, remote);
  return remote.attempt(`${path}.input_image`, () => {
    if (typeof file_id === "string") throw noFileStore(`${path}.file_id`);
    throw invalid(param, `Missing required parameter: '${param}': an https URL, or a data URL with base64.`);
  });
}

function noFileStore(param: string) {
  return invalid(param, `There is no file store, so '${param}' names nothing: send image_url.`);
}
