import { type ApiFields, blocksOf, isFields, listOf, type MessagesBody } from "../messages-body.ts";
import { tokensOf } from "../tokens.ts";

/** How the prompt's tokens were charged; the three counts add up to the prompt. */
export type PromptUsage = {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation: { readonly ephemeral_5m_input_tokens: number; readonly ephemeral_1h_input_tokens: number };
};

type PromptBlock = { readonly canonical: string; readonly tokens: number; readonly ttl: "5m" | "1h" | undefined };
/** `end`: the tokens of all of it. */
type PromptPrefix = { readonly hash: string; readonly end: number; readonly ttl: "5m" | "1h" | undefined };

/** Media are not charged by their base64 length. */
const MEDIA_TOKENS = 1500;
const MAX_PREFIXES = 10_000;
/** How many positions are looked at for an earlier entry, the marked block itself being the first. */
const LOOKBACK = 20;

/** The shortest prefix that is cached, as documented for each model; a shorter one is charged in full, without a word. */
const MINIMUM_TOKENS: readonly [model: RegExp, tokens: number][] = [
  [/opus-4-[56]|haiku-4-5/, 4096],
  [/opus-4-7|haiku-3|3-haiku|3-5-haiku/, 2048],
  [/(?:opus|fable|mythos)-5/, 512],
];
const USUAL_MINIMUM_TOKENS = 1024;

/**
 * Anthropic's prefix cache as it is documented: the prefix up to each block marked with cache_control is written, unless it is
 * too short; from each mark of a later prompt, entries are looked for within a few blocks backwards, and the longest prefix
 * found is read. Entries are kept per model and do not expire: nothing here runs for five minutes.
 */
export class PromptCache {
  readonly #prefixes = new Set<string>();

  /** Charges the prompt of a request that is being answered, and remembers its marked prefixes. */
  charge(request: MessagesBody): PromptUsage {
    const prefixes = promptPrefixes(request);
    const marked = prefixes.flatMap(({ ttl, hash, end }, index) =>
      ttl === undefined ? [] : [{ ttl, hash, end, index }],
    );
    const read = Math.max(0, ...marked.map(({ index }) => this.#found(prefixes, index)));
    const minimum = MINIMUM_TOKENS.find(([pattern]) => pattern.test(request.model))?.[1] ?? USUAL_MINIMUM_TOKENS;
    const created = { "5m": 0, "1h": 0 };
    let cached = read;
    for (const { hash, end, ttl } of marked) {
      if (end < minimum) continue;
      this.#remember(hash);
      created[ttl] += Math.max(0, end - cached);
      cached = Math.max(cached, end);
    }
    return {
      input_tokens: (prefixes.at(-1)?.end ?? 0) - cached,
      cache_creation_input_tokens: created["5m"] + created["1h"],
      cache_read_input_tokens: read,
      cache_creation: { ephemeral_5m_input_tokens: created["5m"], ephemeral_1h_input_tokens: created["1h"] },
    };
  }

  /** As if all entries had expired. */
  clear(): void {
    this.#prefixes.clear();
  }

  /** The tokens of the longest entry that a mark at this position finds. */
  #found(prefixes: readonly PromptPrefix[], index: number): number {
    const seen = prefixes.slice(Math.max(0, index + 1 - LOOKBACK), index + 1);
    return seen.findLast(({ hash }) => this.#prefixes.has(hash))?.end ?? 0;
  }

  #remember(prefix: string): void {
    this.#prefixes.delete(prefix);
    this.#prefixes.add(prefix);
    const [oldest] = this.#prefixes;
    if (this.#prefixes.size > MAX_PREFIXES && oldest !== undefined) this.#prefixes.delete(oldest);
  }
}

/** The tokens of a whole prompt. */
export function promptTokens(request: MessagesBody): number {
  return promptBlocks(request).reduce((sum, { tokens }) => sum + tokens, 0);
}

/** The prompt up to each of its blocks. */
function promptPrefixes(request: MessagesBody): PromptPrefix[] {
  let hash = sha256(request.model);
  let end = 0;
  return promptBlocks(request).map(({ canonical, tokens, ttl }) => {
    hash = sha256(hash + canonical);
    end += tokens;
    return { hash, end, ttl };
  });
}

/** The prompt in the order in which the API caches it: tools, system, messages. */
function promptBlocks(request: MessagesBody): PromptBlock[] {
  return [
    ...(request.tools ?? []).map((tool) => promptBlock("tool", tool)),
    ...blocksOf(request.system).map((block) => promptBlock("system prompt", block)),
    ...request.messages.flatMap(({ role, content }) => blocksOf(content).map((block) => promptBlock(role, block))),
  ];
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

function sha256(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
