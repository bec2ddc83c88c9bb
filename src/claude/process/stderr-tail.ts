import { stripVTControlCharacters } from "node:util";

const KEPT_CHARACTERS = 4_000;
/** More explains nothing to who reads it in an error. */
const TOLD_CHARACTERS = 1_000;

const BLANK = "…";
/** Each with what of it may be told. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // Anthropic's own, of any kind.
  [/\bsk-[\w-]{8,}/g, `sk-${BLANK}`],
  [/\b(Bearer|Basic)\s+[^\s"',;]+/gi, `$1 ${BLANK}`],
  [/(["']?[\w-]*(?:TOKEN|KEY|SECRET|PASSWORD|PASSWD)["']?\s*[=:]\s*)(?:"[^"]*"|'[^']*'|[^\s"',;]+)/gi, `$1${BLANK}`],
  // The user and password of an address.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${BLANK}@`],
  // What else could be a key, in base64 or hexadecimal: long, of letters and digits, and no path.
  [/(?<![\w/+-])(?=[\w+-]*\d)(?=[\w+-]*[a-z])[\w+-]{32,}={0,2}(?![\w/])/gi, BLANK],
];

/** A program's words as a client and a log may have them: one line, without control characters, and with what could be a secret left out. */
export function tellable(words: string): string {
  const line = stripVTControlCharacters(words)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  return SECRETS.reduce((text, [secret, instead]) => text.replace(secret, instead), line);
}

/** Keeps the end of what a process writes to stderr, to explain its death. */
export class StderrTail {
  #text = "";
  #isCut = false;
  readonly #decoder = new TextDecoder();

  push(chunk: Uint8Array): void {
    const text = this.#text + this.#decoder.decode(chunk, { stream: true });
    this.#isCut ||= text.length > KEPT_CHARACTERS;
    this.#text = text.slice(-KEPT_CHARACTERS);
  }

  /** See {@link tellable}. */
  toString(): string {
    // What is left of a word could be of a secret that nothing marks as one any more.
    const whole = this.#isCut ? this.#text.replace(/^\S*/, "") : this.#text;
    const told = tellable(whole);
    return told.length > TOLD_CHARACTERS ? `… ${told.slice(-TOLD_CHARACTERS).replace(/^\S*\s?/, "")}` : told;
  }
}
