import { promptTokens } from "../answer/prompt-cache.ts";
import { type ApiFields, isFields, listOf, type MessagesBody } from "../messages-body.ts";
import { contextTokens, modelOf, mostOutputTokens } from "../models.ts";
import type { Problem } from "./refuse-fields.ts";

// How much a request may hold: Anthropic's "Prompt caching", "Images and vision" and "Context windows" of 2026-11-30; the words are those of
// answers that others published.

const MAX_CACHE_MARKS = 4;
const MAX_SIDE = 8000;
/** From so many images on, each must be smaller. */
const MANY_IMAGES = 20;
const MAX_SIDE_OF_MANY = 2000;

type Medium = { readonly place: string; readonly block: ApiFields };

export function maxTokensProblem({ model, max_tokens: maxTokens }: ApiFields): Problem {
  if (maxTokens === undefined) return "max_tokens: Field required";
  if (typeof maxTokens !== "number" || !Number.isInteger(maxTokens))
    return "max_tokens: Input should be a valid integer";
  if (maxTokens < 0) return "max_tokens: must be greater than or equal to 0";
  const most = mostOutputTokens(modelOf(model));
  if (maxTokens <= most) return undefined;
  return `max_tokens: ${maxTokens} > ${most}, which is the maximum allowed number of output tokens for ${String(model)}`;
}

/** How many places are marked for the prompt cache, wherever they are. */
export function cacheMarksProblem({ cache_control: whole, system, tools, messages }: ApiFields): Problem {
  const count = (isFields(whole) ? 1 : 0) + marksIn(system) + marksIn(tools) + marksIn(messages);
  if (count <= MAX_CACHE_MARKS) return undefined;
  return `A maximum of ${MAX_CACHE_MARKS} blocks with cache_control may be provided. Found ${count}.`;
}

/** `characters`: how long the body is as text, since counting costs time where it cannot matter. */
export function promptLengthProblem(body: MessagesBody, characters: number): Problem {
  const most = contextTokens(modelOf(body.model));
  if (characters < most) return undefined;
  const tokens = promptTokens(body);
  return tokens > most ? `prompt is too long: ${tokens} tokens > ${most} maximum` : undefined;
}

/** How many images and documents there are, and how large the images. */
export function mediaProblem({ model, messages }: ApiFields): Problem {
  const media = (listOf(messages) ?? []).flatMap((message, index) =>
    isFields(message) ? mediaIn(`messages.${index}.content`, message.content) : [],
  );
  const images = media.filter(({ block }) => block.type === "image");
  const most = contextTokens(modelOf(model)) > 200_000 ? 600 : 100;
  if (media.length > most) {
    return `too many images and documents: ${images.length} + ${media.length - images.length} > ${most}`;
  }
  const isMany = images.length > MANY_IMAGES;
  const maxSide = isMany ? MAX_SIDE_OF_MANY : MAX_SIDE;
  const large = images.find(({ block }) => Math.max(...(imageSize(block.source) ?? [0])) > maxSide);
  if (large === undefined) return undefined;
  return (
    `${large.place}.image.source.base64.data: At least one of the image dimensions exceed max allowed size` +
    `${isMany ? " for many-image requests" : ""}: ${maxSide} pixels`
  );
}

function mediaIn(place: string, content: unknown): Medium[] {
  return (listOf(content) ?? []).filter(isFields).flatMap((block, index) => {
    const own = `${place}.${index}`;
    if (block.type === "tool_result") return mediaIn(`${own}.tool_result.content`, block.content);
    return block.type === "image" || block.type === "document" ? [{ place: own, block }] : [];
  });
}

function marksIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + marksIn(entry), 0);
  if (!isFields(value)) return 0;
  const { cache_control: mark, content } = value;
  return (isFields(mark) ? 1 : 0) + marksIn(content);
}

type Size = readonly [width: number, height: number];

/** Width and height of the image that a source holds, where they are told near its beginning: PNG, GIF and JPEG. */
function imageSize(source: unknown): Size | undefined {
  if (!isFields(source) || source.type !== "base64" || typeof source.data !== "string") return undefined;
  const bytes = Buffer.from(source.data, "base64");
  if (bytes.length >= 24 && bytes.toString("latin1", 1, 4) === "PNG")
    return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (bytes.length >= 10 && bytes.toString("latin1", 0, 3) === "GIF")
    return [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? jpegSize(bytes) : undefined;
}

/** In the first segment that begins a frame; those before it are skipped by their lengths. */
function jpegSize(bytes: Buffer): Size | undefined {
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    const beginsFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (beginsFrame) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}
