import type { Pace } from "../../core/pace.ts";
import { isClosing, isOpening, JsonStructure, QUOTE, STRETCH } from "./json-structure.ts";

/** A piece that JSON.parse gets at once: some milliseconds' worth of the smallest values. */
const PIECE = 512 * 1024;

/** How deep large lists and objects are taken apart: a conversation's contents are in the fourth. Each level is walked once more. */
const MAX_LEVELS = 8;

/** A part of a string may be so many times as large: it is one value. */
const PARTS = 4;

/** As in \u00e9. */
const LONGEST_ESCAPE = 6;

const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const CURLY = 0x7b;

/**
 * What JSON.parse makes of a text, piece by piece: members of large lists and objects in groups, letting others have their turn in between.
 * Throws whatever it stumbles upon for what is not JSON, or not UTF-8: the whole text tells why.
 */
export function parseInPieces(bytes: Uint8Array, pace: Pace, piece = PIECE): Promise<unknown> {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return new PieceParser(bytes, pace, piece).value(hasMark ? 3 : 0, bytes.length, 0);
}

/** A list or an object while its members are read. */
type Open = { readonly isObject: boolean; readonly list: unknown[]; readonly object: Record<string, unknown> };

class PieceParser {
  readonly #bytes: Uint8Array;
  readonly #pace: Pace;
  /** How large a group of members may be, and a part of a string. */
  readonly #piece: number;
  readonly #part: number;
  // A mark in the middle is no space.
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  constructor(bytes: Uint8Array, pace: Pace, piece: number) {
    this.#bytes = bytes;
    this.#pace = pace;
    this.#piece = piece;
    this.#part = PARTS * piece;
  }

  /** The one value between two places. */
  async value(from: number, to: number, level: number): Promise<unknown> {
    await this.#pace.giveWay();
    const start = this.#behindSpace(from);
    const opening = this.#bytes[start] ?? 0;
    if (to - start > this.#part && opening === QUOTE) return this.#largeString(start, this.#beforeSpace(to));
    if (to - start <= this.#piece || level === MAX_LEVELS || !isOpening(opening))
      return this.#parse(this.#text(from, to));
    const open: Open = { isObject: opening === CURLY, list: [], object: {} };
    const end = await this.#members(start + 1, to, open, level);
    // In ASCII a closing bracket is two behind its opening one.
    if (this.#bytes[end] !== opening + 2 || this.#behindSpace(end + 1) < to)
      throw new SyntaxError("not closed, or more");
    return open.isObject ? open.object : open.list;
  }

  /** Reads members up to the bracket behind the last one, and tells where that is. */
  async #members(from: number, to: number, open: Open, level: number): Promise<number> {
    const structure = new JsonStructure(this.#bytes, from);
    let depth = 0;
    let group = from;
    let member = from;
    let limit = from;
    for (;;) {
      const at = structure.next(limit);
      if (at === undefined) {
        if (limit === to) throw new SyntaxError("not closed");
        limit = Math.min(limit + STRETCH, to);
        await this.#pace.giveWay();
        continue;
      }
      const byte = this.#bytes[at] ?? 0;
      if (isOpening(byte)) depth++;
      else if (isClosing(byte) && depth > 0) depth--;
      else if (depth === 0) {
        const isLast = byte !== COMMA;
        if (at - member > this.#piece && this.#behindSpace(member) < at) {
          if (member > group) await this.#readGroup(group, member - 1, open);
          await this.#readLarge(member, at, open, level);
          group = at + 1;
        } else if (isLast || at - group > this.#piece) {
          const isAll = isLast && group === from;
          await this.#readGroup(group, at, open, isAll);
          group = at + 1;
        }
        member = at + 1;
        if (isLast) return at;
      }
    }
  }

  /** Members between two places, with commas between them. Only where they are all that there is, there may be none. */
  async #readGroup(from: number, to: number, open: Open, mayBeNone = false): Promise<void> {
    await this.#pace.giveWay();
    const text = this.#text(from, to);
    const read = this.#parse(open.isObject ? `{${text}}` : `[${text}]`);
    const members = Object.entries(Array.isArray(read) ? {} : Object(read));
    if (Array.isArray(read)) for (const item of read) open.list.push(item);
    for (const [name, value] of members) setOwn(open.object, name, value);
    const isNone = Array.isArray(read) ? read.length === 0 : members.length === 0;
    if (isNone && !mayBeNone) throw new SyntaxError("a comma without a member");
  }

  async #readLarge(from: number, to: number, open: Open, level: number): Promise<void> {
    if (!open.isObject) {
      open.list.push(await this.value(from, to, level + 1));
      return;
    }
    const colon = this.#colonBehindName(from, to);
    const name = this.#parse(this.#text(from, colon));
    if (typeof name !== "string") throw new SyntaxError("no name");
    setOwn(open.object, name, await this.value(colon + 1, to, level + 1));
  }

  /** A string between two places: each part of it is one, too. */
  async #largeString(from: number, to: number): Promise<string> {
    const parts: unknown[] = [];
    for (let start = from, end = from; end < to; start = end) {
      end = to - start > this.#part ? this.#cutAt(start + this.#part, start, to) : to;
      const opening = start === from ? "" : '"';
      parts.push(this.#parse(`${opening}${this.#text(start, end)}${end === to ? "" : '"'}`));
      await this.#pace.giveWay();
    }
    return parts.join("");
  }

  /** The first place from `at` on that is within no character and no escape. */
  #cutAt(at: number, from: number, to: number): number {
    for (let cut = at; cut < to; cut++) {
      const byte = this.#bytes[cut] ?? 0;
      if (byte === BACKSLASH) {
        let first = cut;
        while (first > from && this.#bytes[first - 1] === BACKSLASH) first--;
        if ((cut - first) % 2 === 0) return cut;
      } else if ((byte & 0xc0) !== 0x80 && !this.#hasBackslash(Math.max(from, cut - LONGEST_ESCAPE), cut)) {
        return cut;
      }
    }
    return to;
  }

  #hasBackslash(from: number, to: number): boolean {
    return this.#bytes.subarray(from, to).includes(BACKSLASH);
  }

  #colonBehindName(from: number, to: number): number {
    const start = this.#behindSpace(from);
    if (this.#bytes[start] !== QUOTE) throw new SyntaxError("no name");
    for (let at = start + 1; at < to; at++) {
      const byte = this.#bytes[at];
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) {
        const colon = this.#behindSpace(at + 1);
        if (this.#bytes[colon] === COLON) return colon;
        break;
      }
    }
    throw new SyntaxError("no colon");
  }

  #behindSpace(from: number): number {
    let at = from;
    while (isSpace(this.#bytes[at])) at++;
    return at;
  }

  #beforeSpace(to: number): number {
    let at = to;
    while (isSpace(this.#bytes[at - 1])) at--;
    return at;
  }

  #text(from: number, to: number): string {
    return this.#decoder.decode(this.#bytes.subarray(from, to));
  }

  #parse(text: string): unknown {
    return JSON.parse(text);
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** As JSON.parse does it: `__proto__` is a name like any other. */
function setOwn(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
