import { type ApiFields, isFields } from "../messages-body.ts";
import { listProblem, type Problem, stringProblem, unknownTagProblem } from "./refuse-fields.ts";

/** The API's limit for one image, measured on its base64 text. */
const MAX_IMAGE_MB = 10;
const MAX_IMAGE_BASE64 = MAX_IMAGE_MB * 1024 * 1024;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const HEAD_CHARACTERS = 32;
const IMAGE_SOURCES = ["base64", "url", "file"];
const DOCUMENT_SOURCES = ["base64", "text", "content", "url", "file"];

/** How the bytes of each kind of image begin. */
const IMAGE_HEADS: ReadonlyMap<unknown, (head: Buffer) => boolean> = new Map([
  ["image/jpeg", (head: Buffer) => head.toString("hex").startsWith("ffd8ff")],
  ["image/png", (head: Buffer) => head.toString("hex").startsWith("89504e470d0a1a0a")],
  ["image/gif", (head: Buffer) => /^GIF8[79]a/.test(head.toString("latin1"))],
  ["image/webp", (head: Buffer) => /^RIFF.{4}WEBP/s.test(head.toString("latin1"))],
]);

export function imageProblem(place: string, block: ApiFields): Problem {
  return sourceProblem(`${place}.image.source`, block.source, IMAGE_SOURCES, imageDataProblem);
}

export function documentProblem(place: string, block: ApiFields): Problem {
  const { title } = block;
  if (title !== undefined && title !== null && typeof title !== "string") {
    return `${place}.document.title: Input should be a valid string`;
  }
  return sourceProblem(`${place}.document.source`, block.source, DOCUMENT_SOURCES, documentDataProblem);
}

function sourceProblem(
  place: string,
  source: unknown,
  types: readonly string[],
  dataProblem: (place: string, source: ApiFields) => Problem,
): Problem {
  if (source === undefined) return `${place}: Field required`;
  if (!isFields(source)) return `${place}: Input should be an object`;
  const { type } = source;
  if (typeof type !== "string" || !types.includes(type)) return unknownTagProblem(place, type, types);
  if (type === "url") return urlProblem(`${place}.url.url`, source.url);
  return type === "file"
    ? stringProblem(`${place}.file.file_id`, source.file_id)
    : dataProblem(`${place}.${type}`, source);
}

function urlProblem(place: string, url: unknown): Problem {
  if (typeof url !== "string") return stringProblem(place, url);
  if (!URL.canParse(url)) return `${place}: Input should be a valid URL`;
  return new URL(url).protocol === "https:" ? undefined : `${place}: Only HTTPS URLs are supported.`;
}

function imageDataProblem(place: string, { media_type: mediaType, data }: ApiFields): Problem {
  if (mediaType === undefined) return `${place}.media_type: Field required`;
  const hasItsHead = IMAGE_HEADS.get(mediaType);
  if (hasItsHead === undefined) {
    return `${place}.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`;
  }
  if (typeof data !== "string") return stringProblem(`${place}.data`, data);
  if (data === "") return `${place}: image cannot be empty`;
  if (data.length > MAX_IMAGE_BASE64) {
    return `${place}: image exceeds ${MAX_IMAGE_MB} MB maximum: ${data.length} bytes > ${MAX_IMAGE_BASE64} bytes`;
  }
  if (!isBase64(data)) return `${place}.data: Invalid base64 data`;
  const head = headOf(data);
  if (hasItsHead(head)) return undefined;
  const [actual] = [...IMAGE_HEADS].find(([, hasHead]) => hasHead(head)) ?? [];
  if (actual === undefined) return "Could not process image";
  return (
    `${place}.data: The image was specified using the ${String(mediaType)} media type, ` +
    `but the image appears to be a ${String(actual)} image`
  );
}

function documentDataProblem(place: string, source: ApiFields): Problem {
  switch (source.type) {
    case "text":
      return plainTextProblem(place, source);
    case "content":
      return contentProblem(`${place}.content`, source.content);
    default:
      return pdfProblem(place, source);
  }
}

function pdfProblem(place: string, { media_type: mediaType, data }: ApiFields): Problem {
  if (mediaType !== "application/pdf") return mediaTypeProblem(place, mediaType, "application/pdf");
  if (typeof data !== "string") return stringProblem(`${place}.data`, data);
  if (data === "") return `${place}.data: PDF cannot be empty`;
  if (!isBase64(data)) return `${place}.data: Invalid base64 data`;
  const isPdf = headOf(data).toString("latin1").startsWith("%PDF");
  return isPdf ? undefined : `${place}.data: The PDF specified was not valid.`;
}

function plainTextProblem(place: string, { media_type: mediaType, data }: ApiFields): Problem {
  if (mediaType !== "text/plain") return mediaTypeProblem(place, mediaType, "text/plain");
  if (typeof data !== "string") return stringProblem(`${place}.data`, data);
  return data === "" ? `${place}.data: String should have at least 1 character` : undefined;
}

/** The parts of a document that comes in parts: texts and images. */
function contentProblem(place: string, content: unknown): Problem {
  if (typeof content === "string") return undefined;
  return listProblem(place, content, (blockPlace, block) => {
    if (block.type === "text") return stringProblem(`${blockPlace}.text.text`, block.text);
    if (block.type === "image") return imageProblem(blockPlace, block);
    return unknownTagProblem(blockPlace, block.type, ["text", "image"]);
  });
}

function mediaTypeProblem(place: string, mediaType: unknown, expected: string): Problem {
  return `${place}.media_type: ${mediaType === undefined ? "Field required" : `Input should be '${expected}'`}`;
}

function isBase64(data: string): boolean {
  return data.length % 4 === 0 && BASE64.test(data);
}

function headOf(base64: string): Buffer {
  return Buffer.from(base64.slice(0, HEAD_CHARACTERS), "base64");
}
