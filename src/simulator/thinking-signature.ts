import { type ApiBlock, type ApiFields, blocksOf, isFields, type MessagesBody } from "./messages-body.ts";

// A signature of the simulator's: what the API is known to bind a thinking block to (Anthropic's "Preserved thinking" and "Prefix checks on
// thinking blocks" of 2026-11-30), in the open, closed by a hash, so that one of another simulator verifies, too.

/** What a thinking block was made of. */
export type Signed = {
  readonly model: string;
  /** Hashes: of the text that was shown, of all before the block but thinking, and of the signature of the thinking before it. */
  readonly text: string;
  readonly prefix: string;
  readonly before: string;
};

/** What a block is bound to, beside its text. */
export type Binding = Omit<Signed, "text">;

const SEAL = "claude-max-api simulator";

export function sign(thinking: string, { model, prefix, before }: Binding): string {
  const signed: Signed = { model, text: sha256(thinking), prefix, before };
  return inTheApisForm(JSON.stringify({ ...signed, seal: sealOf(signed) }));
}

/** Before what is signed there, in a message of protocol buffers. */
const HEAD = Buffer.from([0x0a, 2, 0x18, 2, 0x12]);

/** Words in the form of the API's signatures, as recordings of it show it: base64 of `{2: {1: {3: 2}, 2: words}}`. */
export function inTheApisForm(words: string): string {
  const bytes = Buffer.from(words);
  const inner = Buffer.concat([HEAD, lengthOf(bytes), bytes]);
  return Buffer.concat([Buffer.from([0x12]), lengthOf(inner), inner]).toString("base64");
}

/** A length as protocol buffers write it, in two bytes whatever it is. */
function lengthOf({ length }: Uint8Array): Buffer {
  return Buffer.from([(length & 0x7f) | 0x80, length >> 7]);
}

/** What a signature says; undefined when it is none of a simulator's. */
export function readSignature(signature: string): Signed | undefined {
  let fields: unknown;
  try {
    // What comes before the words: a tag and a length, the head, and a length.
    fields = JSON.parse(
      Buffer.from(signature, "base64")
        .subarray(3 + HEAD.length + 2)
        .toString(),
    );
  } catch {
    return undefined;
  }
  if (!isFields(fields)) return undefined;
  const { model, text, prefix, before, seal } = fields;
  if (typeof model !== "string" || typeof text !== "string") return undefined;
  if (typeof prefix !== "string" || typeof before !== "string") return undefined;
  const signed = { model, text, prefix, before };
  return seal === sealOf(signed) ? signed : undefined;
}

export function isOfText({ text }: Signed, thinking: string): boolean {
  return text === sha256(thinking);
}

/** What stands for the thinking before a block; nothing when there is none. */
export function linkTo(signature: string | undefined): string {
  return signature === undefined ? "" : sha256(signature);
}

/**
 * The hash of what a conversation holds, block by block. Thinking is no part of it, nor are marks for the cache, the order of fields and
 * of tools, and how blocks are spread over messages of one role. It begins anew with a compaction. Deferred tools stand where they are
 * referred to ("Tool use with prompt caching").
 */
export class Prefix {
  #start: string;
  #hash: string;
  readonly #deferred: ReadonlyMap<unknown, string>;

  constructor({ system, tools = [] }: MessagesBody) {
    // The CLI's line of accounting is no part of the prompt.
    const prompt = blocksOf(system).filter(({ text = "" }) => !text.startsWith("x-anthropic-billing-header"));
    const [deferred, read] = [true, false].map((is) => tools.filter((tool) => (tool.defer_loading === true) === is));
    this.#deferred = new Map(deferred?.map((tool) => [tool.name, canonical(tool)]));
    this.#start = sha256(JSON.stringify([prompt.map(canonical), read?.map(canonical).sort()]));
    this.#hash = this.#start;
  }

  get hash(): string {
    return this.#hash;
  }

  add(role: string, block: ApiBlock): void {
    if (isThinking(block)) return;
    if (block.type === "compaction") this.#hash = this.#start;
    const parts = Array.isArray(block.content) ? block.content.filter(isFields) : [];
    const found = parts.map(({ tool_name }) => this.#deferred.get(tool_name) ?? "");
    this.#hash = sha256(`${this.#hash} ${role} ${canonical(block)} ${found.join("")}`);
  }
}

export function isThinking({ type }: ApiBlock): boolean {
  return type === "thinking" || type === "redacted_thinking";
}

function sealOf({ model, text, prefix, before }: Signed): string {
  return sha256([SEAL, model, text, prefix, before].join("\n"));
}

const UNSEEN = ["cache_control", "caller"];

function canonical(value: ApiFields): string {
  return JSON.stringify(value, (key, entry: unknown) => {
    if (UNSEEN.includes(key) || entry === null) return undefined;
    return isFields(entry) ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1))) : entry;
  });
}

function sha256(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("base64").slice(0, 22);
}
