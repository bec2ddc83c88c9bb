import type { Steps } from "../../core/pace.ts";

/** What is counted before anything is made of the bytes. */
export type JsonSize = {
  /** How deep brackets nest, as far as that was counted. */
  readonly depth: number;
  /** Members of arrays and objects, and these themselves; an empty one counts twice. */
  readonly values: number;
};

export const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/** So many bytes are walked at once: some milliseconds' worth. */
export const STRETCH = 1024 * 1024;

/** A string is looked through by hand as far as most of them reach: a search has to be called, which takes as long. */
const SHORT = 24;

/** Walks the bytes of a JSON text from bracket to bracket and comma to comma, those within strings left out. */
export class JsonStructure {
  #at: number;
  readonly #bytes: Uint8Array;
  #inString = false;

  constructor(bytes: Uint8Array, from = 0) {
    this.#bytes = bytes;
    this.#at = from;
  }

  /** Where the next bracket or comma is; undefined where none is before `limit`. Goes on from there. */
  next(limit: number): number | undefined {
    const bytes = this.#bytes;
    while (this.#at < limit) {
      if (this.#inString) {
        this.#leaveString();
        continue;
      }
      const at = this.#at++;
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) this.#inString = true;
      else if (byte === COMMA || isOpening(byte) || isClosing(byte)) return at;
    }
    return undefined;
  }

  /** Goes behind the end of the string, or a good deal further in it: what is asked at once must be bounded. */
  #leaveString(): void {
    const bytes = this.#bytes;
    const near = Math.min(this.#at + SHORT, bytes.length);
    while (this.#at < near) {
      const byte = bytes[this.#at];
      this.#at += byte === BACKSLASH ? 2 : 1;
      if (byte !== QUOTE) continue;
      this.#inString = false;
      return;
    }
    const quote = bytes.indexOf(QUOTE, this.#at);
    let first = quote;
    while (first > this.#at && bytes[first - 1] === BACKSLASH) first--;
    this.#inString = quote === -1 || (quote - first) % 2 === 1;
    this.#at = quote === -1 ? bytes.length : quote + 1;
  }
}

/** How deep a text nests and how much is in it, told from its bytes, without memory; stops where it is deeper than that. */
export function* measureJson(bytes: Uint8Array, maxDepth: number): Steps<JsonSize> {
  const structure = new JsonStructure(bytes);
  let [open, depth, values] = [0, 0, 1];
  for (let from = 0; ; from += STRETCH) {
    const to = Math.min(from + STRETCH, bytes.length);
    for (let at = structure.next(to); at !== undefined && depth <= maxDepth; at = structure.next(to)) {
      const byte = bytes[at] ?? 0;
      if (isClosing(byte)) open--;
      else values++;
      if (isOpening(byte)) depth = Math.max(depth, ++open);
    }
    if (to === bytes.length || depth > maxDepth) return { depth, values };
    yield;
  }
}

export function isOpening(byte: number): boolean {
  return byte === 0x5b || byte === 0x7b;
}

export function isClosing(byte: number): boolean {
  return byte === 0x5d || byte === 0x7d;
}
