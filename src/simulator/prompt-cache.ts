import { type ApiFields, blocksOf, isFields, listOf, type MessagesBody } from "./messages-body.ts";
import { tokensOf } from "./token-count.ts";

/** How the prompt's tokens were charged; the three counts add up to the prompt. */
export type PromptUsage = {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation: { readonly ephemeral_5m_input_tokens: number; readonly ephemeral_1h_input_tokens: number };
};

type PromptBlock = { readonly canonical: string; readonly tokens: number; readonly ttl: "5m" | "1h" | undefined };

/** Media are not charged by their base64 length. */
const MEDIA_TOKENS = 1500;
const MAX_PREFIXES = 10_000;

/**
 * Anthropic's prefix cache, simply: every prefix up to a block marked with cache_control is remembered per model, and the
 * longest remembered one within the marked part of a later prompt is read back. No expiry and no minimum length.
 */
export class PromptCache {
  readonly #prefixes = new Set<string>();

  /** Charges the prompt of a request that is being answered, and remembers its marked prefixes. */
  charge(request: MessagesBody): PromptUsage {
    const blocks = promptBlocks(request);
    const lastMarked = blocks.findLastIndex((block) => block.ttl !== undefined);
    const marked: { prefix: string; end: number; ttl: "5m" | "1h" }[] = [];
    let prefix = hash(request.model);
    let total = 0;
    let read = 0;
    for (const [index, block] of blocks.entries()) {
      prefix = hash(prefix + block.canonical);
      total += block.tokens;
      if (index <= lastMarked && this.#prefixes.has(prefix)) read = total;
      if (block.ttl !== undefined) marked.push({ prefix, end: total, ttl: block.ttl });
    }
    const created = { "5m": 0, "1h": 0 };
    let cached = read;
    for (const { prefix: markedPrefix, end, ttl } of marked) {
      this.#remember(markedPrefix);
      created[ttl] += Math.max(0, end - cached);
      cached = Math.max(cached, end);
    }
    return {
      input_tokens: total - cached,
      cache_creation_input_tokens: created["5m"] + created["1h"],
      cache_read_input_tokens: read,
      cache_creation: { ephemeral_5m_input_tokens: created["5m"], ephemeral_1h_input_tokens: created["1h"] },
    };
  }

  #remember(prefix: string): void {
    this.#prefixes.delete(prefix);
    this.#prefixes.add(prefix);
    const [oldest] = this.#prefixes;
    if (this.#prefixes.size > MAX_PREFIXES && oldest !== undefined) this.#prefixes.delete(oldest);
  }
}

/** The prompt in the order in which the API caches it: tools, system, messages. */
function promptBlocks(request: MessagesBody): PromptBlock[] {
  const blocks: PromptBlock[] = [];
  for (const tool of request.tools ?? []) blocks.push(promptBlock("tool", tool));
  for (const block of blocksOf(request.system)) blocks.push(promptBlock("system prompt", block));
  for (const { role, content } of request.messages) {
    for (const block of blocksOf(content)) blocks.push(promptBlock(role, block));
  }
  return blocks;
}

function promptBlock(place: string, block: ApiFields): PromptBlock {
  // The markers move from turn to turn without changing what the model reads.
  const json = JSON.stringify(block, (key, value: unknown) => (key === "cache_control" ? undefined : value));
  return { canonical: `${place} ${json}`, tokens: blockTokens(block, json), ttl: cacheTtl(block.cache_control) };
}

function blockTokens(block: ApiFields, json: string): number {
  if (block.type === "text" && typeof block.text === "string") return tokensOf(block.text);
  if (block.type === "image" || block.type === "document") return MEDIA_TOKENS;
  const parts = block.type === "tool_result" ? listOf(block.content)?.filter(isFields) : undefined;
  if (parts !== undefined) return parts.reduce((sum, part) => sum + blockTokens(part, JSON.stringify(part)), 0);
  return tokensOf(json);
}

function cacheTtl(cacheControl: unknown): "5m" | "1h" | undefined {
  if (!isFields(cacheControl)) return undefined;
  return cacheControl.ttl === "1h" ? "1h" : "5m";
}

function hash(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
