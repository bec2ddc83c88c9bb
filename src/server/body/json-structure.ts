import type { Pace } from "../../core/pace.ts";

/** What is counted before anything is made of the bytes. */
export type JsonSize = {
  /** How deep brackets nest, as far as that was counted. */
  readonly depth: number;
  /** Members of arrays and objects, and these themselves; an empty one counts twice. */
  readonly values: number;
};

type JsonLimits = { readonly depth: number; readonly values: number };

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

/** How deep a text nests and how much is in it, told from its bytes, without memory; stops where that is beyond a limit. */
export function measureJson(bytes: Uint8Array, limits: JsonLimits): JsonSize {
  const meter = new Meter(bytes, limits);
  meter.walk(bytes.length);
  return meter.size;
}

/** The same, letting others have their turn. */
export async function measureInTurns(bytes: Uint8Array, limits: JsonLimits, pace: Pace): Promise<JsonSize> {
  const meter = new Meter(bytes, limits);
  for (let to = STRETCH; meter.walk(Math.min(to, bytes.length)) && to < bytes.length; to += STRETCH) {
    await pace.giveWay();
  }
  return meter.size;
}

class Meter {
  readonly #structure: JsonStructure;
  readonly #bytes: Uint8Array;
  readonly #limits: JsonLimits;
  #open = 0;
  #deepest = 0;
  #values = 1;

  constructor(bytes: Uint8Array, limits: JsonLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
    this.#structure = new JsonStructure(bytes);
  }

  get size(): JsonSize {
    return { depth: this.#deepest, values: this.#values };
  }

  /** False once it is too deep: then the rest does not matter. */
  walk(to: number): boolean {
    for (let at = this.#structure.next(to); at !== undefined; at = this.#structure.next(to)) {
      const byte = this.#bytes[at] ?? 0;
      if (isClosing(byte)) {
        this.#open--;
        continue;
      }
      this.#values++;
      if (byte === COMMA) continue;
      this.#deepest = Math.max(this.#deepest, ++this.#open);
      if (this.#deepest > this.#limits.depth) return false;
    }
    return true;
  }
}

export function isOpening(byte: number): boolean {
  return byte === 0x5b || byte === 0x7b;
}

export function isClosing(byte: number): boolean {
  return byte === 0x5d || byte === 0x7d;
}
