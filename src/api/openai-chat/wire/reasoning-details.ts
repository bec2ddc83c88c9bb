import type { AnswerBlock } from "../../../core/collect.ts";
import { isJsonObject, type JsonObject } from "../../../core/json.ts";
import type { ContentBlock, ThinkingBlock } from "../../../core/request.ts";
import type { ChatMessage } from "./messages.ts";

// `reasoning_details` is OpenRouter's form of thinking that can be sent back, which the clients that keep it give back as they got it:
// https://openrouter.ai/docs/guides/best-practices/reasoning-tokens. `index` is the place among what the message says, the text of a
// message being one piece of that, so that thinking between calls comes back between them.

/** OpenRouter's name for Anthropic's signatures. */
const FORMAT = "anthropic-claude-v1";

export type ReasoningDetail = ReturnType<typeof textDetail> | ReturnType<typeof encryptedDetail>;

export function textDetail(index: number, text: string, signature: string) {
  return { type: "reasoning.text", text, signature, format: FORMAT, index } as const;
}

/** The field with these; undefined where there are none. */
export function encodeDetails(details: readonly ReasoningDetail[]) {
  return details.length === 0 ? undefined : { reasoning_details: details };
}

/** A thought; undefined where it is not signed, since it is of no use then to send back. */
export function signedDetail(
  places: MessagePlaces,
  text: string,
  signature: string | undefined,
): ReasoningDetail | undefined {
  return signature ? textDetail(places.take(), text, signature) : undefined;
}

export function encryptedDetail(index: number, data: string) {
  return { type: "reasoning.encrypted", data, format: FORMAT, index } as const;
}

/** Thinking that nobody may read; undefined for any other block of the API's own. */
export function redactedDetail(places: MessagePlaces, { type, data }: JsonObject): ReasoningDetail | undefined {
  if (type !== "redacted_thinking" || typeof data !== "string") return undefined;
  return encryptedDetail(places.take(), data);
}

/** Counts what a message says, block by block. */
export class MessagePlaces {
  #next = 0;
  #hasText = false;

  /** The place of a thought or a call. */
  take(): number {
    return this.#next++;
  }

  text(): void {
    if (!this.#hasText) this.#next++;
    this.#hasText = true;
  }
}

export function detailsOf(blocks: readonly AnswerBlock[]): ReasoningDetail[] {
  const places = new MessagePlaces();
  return blocks.flatMap((block) => detailOf(block, places) ?? []);
}

function detailOf(block: AnswerBlock, places: MessagePlaces): ReasoningDetail | undefined {
  switch (block.type) {
    case "text":
      places.text();
      return undefined;
    case "reasoning":
      return signedDetail(places, block.text, block.signature);
    case "native":
      return redactedDetail(places, block.block);
    case "tool-call":
      places.take();
      return undefined;
  }
}

/** The names of fields without effect, less those whose text the details tell, too. */
export function namesBesideDetails(names: readonly string[], messages: readonly ChatMessage[]): string[] {
  return names.filter((name) => {
    const field = TEXTS.find((text) => name === `messages.${text}`);
    if (field === undefined) return true;
    return messages.some((message) => message.role === "assistant" && message[field] && !message.reasoning_details);
  });
}

const TEXTS = ["reasoning_content", "reasoning"] as const;

/**
 * The thinking among what else a message says. Pieces of one are put together, and what is there twice, as some clients tell it beside
 * each call, is taken once. What is none of Claude's has no signature then, and is left out for that.
 */
export function withThoughts(details: unknown, said: readonly ContentBlock[]): ContentBlock[] {
  const blocks = [...said];
  for (const { block, index } of readDetails(details)) blocks.splice(index, 0, block);
  return blocks;
}

type Read = { readonly block: ThinkingBlock; readonly index: number };

function readDetails(details: unknown): Read[] {
  if (details === undefined || details === null || details === "") return [];
  if (!Array.isArray(details)) return [{ block: UNSIGNED, index: 0 }];
  const read: Read[] = [];
  for (const detail of mergePieces(details)) {
    const block = readDetail(detail);
    if (read.some((other) => isSame(other.block, block))) continue;
    const index = typeof detail.index === "number" && detail.index >= 0 ? detail.index : read.length;
    read.push({ block, index });
  }
  return read.sort((a, b) => a.index - b.index);
}

const UNSIGNED: ThinkingBlock = { type: "thinking", text: "", signature: "" };

function readDetail({ type, text, signature, data, format }: JsonObject): ThinkingBlock {
  // Some put the same text together for each piece of a stream.
  if (typeof format === "string" && !format.startsWith(FORMAT)) return UNSIGNED;
  if (type === "reasoning.encrypted") return { type: "thinking", redacted: typeof data === "string" ? data : "" };
  return { type: "thinking", text: wordsIn(text), signature: wordsIn(signature) };
}

/** Streams tell a text in pieces of one index, of which some clients keep each. */
function mergePieces(details: readonly unknown[]): JsonObject[] {
  const merged: JsonObject[] = [];
  for (const detail of details) {
    if (!isJsonObject(detail)) continue;
    const last = merged.at(-1);
    const isMore =
      last !== undefined &&
      detail.type === "reasoning.text" &&
      last.type === "reasoning.text" &&
      last.index === detail.index &&
      (last.signature ?? null) === null;
    if (!isMore) merged.push(detail);
    else merged[merged.length - 1] = { ...last, ...detail, text: wordsIn(last.text) + wordsIn(detail.text) };
  }
  return merged;
}

function isSame(a: ThinkingBlock, b: ThinkingBlock): boolean {
  if ("redacted" in a || "redacted" in b) return "redacted" in a && "redacted" in b && a.redacted === b.redacted;
  return a.signature === b.signature;
}

function wordsIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}
