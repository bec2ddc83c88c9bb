import { isAnthropicSignature } from "./signature-form.ts";

/** What is known of thinking that the API gave. */
export type Told = {
  /** The API's id of the model that thought it. */
  readonly model: string;
  /** The hash of all that it was told before: see `hashesOf`. */
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
export class ToldThinking {
  /** What was told first comes first. */
  readonly #told = new Map<bigint, Told>();
  readonly #refused = new Set<bigint>();
  readonly #texts = new Map<bigint, string>();
  #textLength = 0;
  /** The API gives signatures in a form that is not known here: then none is told by its form. */
  #hasOtherForm = false;

  add(signature: string, { text = "", ...told }: Told): void {
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
    const [oldest] = this.#told.keys();
    if (this.#told.size > MOST && oldest !== undefined) this.#told.delete(oldest);
  }

  /** Undefined: nothing is known of it. */
  find(signature: string): Told | undefined {
    const key = keyOf(signature);
    const told = this.#told.get(key);
    return told && { ...told, text: this.#texts.get(key) };
  }

  /** False of what another provider signed, or nobody. */
  mayBeOurs(signature: string): boolean {
    if (isAnthropicSignature(signature) || this.#told.has(keyOf(signature))) return true;
    return this.#hasOtherForm && OTHER_FORM.test(signature);
  }

  refuse(signature: string): void {
    this.#refused.add(keyOf(signature));
    const [oldest] = this.#refused;
    if (this.#refused.size > MOST && oldest !== undefined) this.#refused.delete(oldest);
  }

  isRefused(signature: string): boolean {
    return this.#refused.has(keyOf(signature));
  }

  #dropText(key: bigint): void {
    this.#textLength -= this.#texts.get(key)?.length ?? 0;
    this.#texts.delete(key);
  }
}

function keyOf(signature: string): bigint {
  return Bun.hash.xxHash64(signature);
}
