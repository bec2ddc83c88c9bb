import type { ContentBlock, ImageBlock, ResultPart } from "../../core/request.ts";
import { decodeFile } from "../attachments/decode-file.ts";
import { decodeImageUrl, decodeResultImage } from "../attachments/decode-image.ts";
import type { RemoteImages } from "../attachments/remote-images.ts";
import { resultBlocks, textBlocks } from "../content-blocks.ts";
import { invalid } from "../invalid.ts";
import type { ContentPart, InputFile, InputImage, TextPart } from "./schema-content.ts";

type Content<Part> = string | readonly Part[];

/** The content of a message: one block per part, which stay apart as the client sent them. `path` is that of the content. */
export function decodeContent(content: Content<ContentPart>, path: string, remote: RemoteImages): ContentBlock[] {
  if (typeof content === "string") return textBlocks(content);
  return content.flatMap((part, index): ContentBlock[] => {
    const at = `${path}[${index}]`;
    if (part.type === "input_image") return [decodeImageUrl(imageUrl(part, at), `${at}.image_url`, remote)];
    if (part.type === "input_file") return [decodeInputFile(part, at)];
    return textBlocks(textOf(part));
  });
}

/** What a tool answered: text and images, as the API takes it. */
export function decodeOutput(output: Content<ContentPart>, path: string, remote: RemoteImages): ResultPart[] {
  if (typeof output === "string") return resultBlocks(textBlocks(output));
  const blocks = output.flatMap((part, index): ContentBlock[] => {
    const at = `${path}[${index}]`;
    if (part.type === "input_image") return [decodeResultImage(imageUrl(part, at), `${at}.image_url`, remote)];
    if (part.type !== "input_file") return textBlocks(textOf(part));
    const file = decodeInputFile(part, at);
    if (file.type === "image") return [decodeResultImage(imageDataUrl(file), `${at}.file_data`, remote)];
    throw invalid(`${at}.file_data`, `'${at}.file_data' is a document; a tool's output holds text and images.`);
  });
  return resultBlocks(blocks);
}

export function joinTexts(content: Content<TextPart>): string {
  return typeof content === "string" ? content : content.map(textOf).join("\n\n");
}

function textOf(part: TextPart): string {
  return part.type === "refusal" ? part.refusal : part.text;
}

function imageDataUrl({ mediaType, data }: ImageBlock): string {
  return `data:${mediaType};base64,${data}`;
}

function imageUrl({ image_url, file_id }: InputImage, path: string): string {
  if (typeof image_url === "string") return image_url;
  if (typeof file_id === "string") throw noFileStore(`${path}.file_id`, "image_url");
  throw invalid(
    `${path}.image_url`,
    `Missing required parameter: '${path}.image_url': an https URL, or a data URL with base64.`,
  );
}

function decodeInputFile(part: InputFile, path: string) {
  if (typeof part.file_data !== "string" && typeof part.file_url === "string") {
    throw invalid(`${path}.file_url`, `'${path}.file_url' is not fetched: send the file itself as file_data.`);
  }
  return decodeFile(part, path);
}

function noFileStore(param: string, instead: string) {
  return invalid(param, `There is no file store, so '${param}' names nothing: send ${instead}.`);
}
