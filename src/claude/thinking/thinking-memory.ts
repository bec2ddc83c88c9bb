import { RecentMap } from "../recent-map.ts";

/** What is known of thinking that the API gave. */
type ThinkingOrigin = {
  /** The API's id of the model that thought it. */
  readonly model: string;
  /** The hash of all that it was told before: see `hashesBefore`. */
  readonly before: string;
  /** Behind which of the turns it was told of the CLI's environment. */
  readonly environmentAt: number | undefined;
  /** Its words, which a client that wanted none sends back without. Absent: too much else was thought since. */
  readonly text?: string | undefined;
};

/** What OpenAI signs begins so. */
const OTHER_FORM = /^(?!gAAAA)[A-Za-z0-9+/_-]{16,}={0,2}$/;
/** Some hundred bytes each. */
const MOST = 10_000;
/** Of all words that are kept, the latest so many characters. */
const MOST_TEXT = 10_000_000;

/**
 * Thinking that clients were told, and that the API has refused, by hashes of its signatures. In memory: of what was told by another
 * server, the API says itself whether it can be used.
 */
export class ThinkingMemory {
  readonly #told = new RecentMap<bigint, ThinkingOrigin>(MOST);
  readonly #refused = new RecentMap<bigint, true>(MOST);
  readonly #texts = new Map<bigint, string>();
  #textLength = 0;
  /** The API gives signatures in a form that is not known here: then none is told by its form. */
  #hasOtherForm = false;

  add(signature: string, { text = "", ...told }: ThinkingOrigin): void {
    const key = keyOf(signature);
    this.#dropText(key);
    this.#texts.set(key, text);
    this.#textLength += text.length;
    for (const oldest of this.#texts.keys()) {
      if (this.#textLength <= MOST_TEXT && this.#texts.size <= MOST) break;
      this.#dropText(oldest);
    }
    this.#hasOtherForm ||= !isAnthropicSignature(signature);
    this.#told.set(key, told);
    this.#refused.delete(key);
  }

  /** Undefined: nothing is known of it. */
  find(signature: string): ThinkingOrigin | undefined {
    const key = keyOf(signature);
    const told = this.#told.get(key);
    return told && { ...told, text: this.#texts.get(key) };
  }

  /** False of what another provider signed, or nobody. */
  mayBeOurs(signature: string): boolean {
    if (isAnthropicSignature(signature) || this.#told.get(keyOf(signature))) return true;
    return this.#hasOtherForm && OTHER_FORM.test(signature);
  }

  refuse(signature: string): void {
    this.#refused.set(keyOf(signature), true);
  }

  isRefused(signature: string): boolean {
    return this.#refused.get(keyOf(signature)) === true;
  }

  #dropText(key: bigint): void {
    this.#textLength -= this.#texts.get(key)?.length ?? 0;
    this.#texts.delete(key);
  }
}

function keyOf(signature: string): bigint {
  return Bun.hash.xxHash64(signature);
}

/** Base64, as the API writes it. */
const BASE64 = /^[A-Za-z0-9+/]{16,}={0,2}$/;
// Tags of protocol buffers: the number of a field, and whether a number or bytes follow.
const FIELD_1_BYTES = 0x0a;
const FIELD_2_BYTES = 0x12;
const FIELD_1_NUMBER = 0x08;
const FIELD_3_NUMBER = 0x18;

/**
 * Whether this is in the form of what Anthropic's API gives as the `signature` of thinking, or as the `data` of redacted thinking: a
 * message of protocol buffers `{2: {1: {1: n, …}, …}, 3: n}`, or the older `{2: {1: {3: n}, …}}`. The form is not documented. All of the 138 that
 * public recordings of the API hold have it (read on 2026-11-30), and those of its documentation; of 710 of Gemini's, and of
 * OpenAI's, none.
 */
function isAnthropicSignature(text: string): boolean {
  if (!BASE64.test(text)) return false;
  const bytes = Buffer.from(text, "base64");
  const outer = fieldAt(bytes, 0, FIELD_2_BYTES);
  const inner = outer && fieldAt(bytes, outer.start, FIELD_1_BYTES);
  if (outer === undefined || inner === undefined) return false;
  const first = bytes[inner.start];
  return first === FIELD_3_NUMBER || (first === FIELD_1_NUMBER && bytes[outer.end] === FIELD_3_NUMBER);
}

/** Where the bytes of a field are, which begins there; undefined: another field does, or none. */
function fieldAt(bytes: Uint8Array, at: number, tag: number): { start: number; end: number } | undefined {
  if (bytes[at] !== tag) return undefined;
  let length = 0;
  for (let index = 0; index < 4; index++) {
    const byte = bytes[at + 1 + index] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { start: at + 2 + index, end: at + 2 + index + length };
  }
  return undefined;
}
