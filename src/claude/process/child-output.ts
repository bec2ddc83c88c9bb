import { stripVTControlCharacters } from "node:util";

const NEWLINE = 0x0a;

/** Twice the largest request that a client may send, of which the CLI says parts again. */
const MOST_LINE_BYTES = 128 * 1024 * 1024;

/** Cuts a byte stream into lines. Works on bytes, so a UTF-8 character that spans two chunks stays whole. */
export class LineFramer {
  readonly #mostBytes: number;
  readonly #decoder = new TextDecoder();
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  constructor(mostBytes = MOST_LINE_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** The lines completed by this chunk, without their newline; empty lines are left out. Throws when one goes on and on. */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      lines.push(...this.#complete(chunk.subarray(start, end)));
      start = end + 1;
    }
    // Copied: the reader may reuse the chunk's memory.
    if (start < chunk.length) this.#pending.push(chunk.slice(start));
    this.#pendingBytes += chunk.length - start;
    if (this.#pendingBytes > this.#mostBytes) {
      this.#pending = [];
      throw new Error(`it wrote ${Math.floor(this.#mostBytes / 1024 / 1024)} MiB without a line break`);
    }
    return lines;
  }

  /** What is left at the end of the stream: a last line without a newline counts too. */
  end(): string[] {
    return this.#complete(new Uint8Array(0));
  }

  #complete(tail: Uint8Array): string[] {
    const bytes = this.#pending.length === 0 ? tail : Buffer.concat([...this.#pending, tail]);
    this.#pending = [];
    this.#pendingBytes = 0;
    const line = this.#decoder.decode(bytes);
    return line.trim() === "" ? [] : [line];
  }
}

/** How long a hurried reader waits before it reads again: what is written meanwhile then comes in one piece. */
export const GATHER_MS = 2;

/** Pieces that follow each other within this time are hurried. */
const CLOSE_MS = 1;
/** So many in a row are no longer the few lines by which the CLI begins or ends a turn. */
const ENOUGH = 16;

/**
 * Tells when output comes in so many small pieces that reading each by itself costs more than what is in it: the CLI writes every
 * token of a fast model as a line of its own. A reader that waits a moment takes dozens at once.
 */
export class ReadPace {
  #lastAt = Number.NEGATIVE_INFINITY;
  #inARow = 0;
  #waited = false;

  /** Takes the time of a read, in ms; whether the reader should wait before the next. */
  isHurried(now: number): boolean {
    const close = now - this.#lastAt < CLOSE_MS + (this.#waited ? GATHER_MS : 0);
    this.#inARow = close ? this.#inARow + 1 : 0;
    this.#lastAt = now;
    this.#waited = this.#inARow >= ENOUGH;
    return this.#waited;
  }
}

const KEPT_CHARACTERS = 4_000;
/** More explains nothing to who reads it in an error. */
const TOLD_CHARACTERS = 1_000;

const BLANK = "…";
/** Each with what of it may be told. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, BLANK],
  // Anthropic's own, of any kind.
  [/\bsk-[\w-]{8,}/g, `sk-${BLANK}`],
  [/\b(Bearer|Basic)\s+[^\s"',;]+/gi, `$1 ${BLANK}`],
  // With a scheme that is none of these, or none at all.
  [/\b((?:Proxy-)?Authorization["']?\s*[:=]\s*["']?)(?!Bearer\b|Basic\b)[^\s"',;]+(?: [^\s"',;]+)?/gi, `$1${BLANK}`],
  [/\b((?:Set-)?Cookie\s*:\s*)[^\s"';]+(?:; *[^\s"';]+)*/gi, `$1${BLANK}`],
  [/\b(X-[\w-]*(?:Auth|Session|Signature|Credentials?)[\w-]*["']?\s*[:=]\s*)[^\s"',;]+/gi, `$1${BLANK}`],
  // What a field or a variable of such a name holds, also in a text within JSON.
  [
    /(["']?[\w-]*(?:TOKEN|KEY|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)\\*["']?\s*[=:]\s*)(?:\\+"[^"]*"?|"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s"',;]+)/gi,
    `$1${BLANK}`,
  ],
  // And what follows a flag of such a name, and that of curl.
  [
    /(?<!\S)(--?[\w-]*(?:token|key|secret|password|passwd|passphrase|auth|cookie)\s+)(?:"[^"]*"?|'[^']*'?|[^\s"',;]+)/gi,
    `$1${BLANK}`,
  ],
  [/(?<!\S)((?:-u|-U|--user|--proxy-user)[ =]?)["']?[^\s:"']+:[^\s"']+/g, `$1${BLANK}`],
  // What a page of logging in is called back with.
  [/([?&](?:code|state|session|sig|signature|code_verifier)=)[^\s&"'#]+/gi, `$1${BLANK}`],
  // The user and password of an address.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${BLANK}@`],
  // What else could be a key, in base64 or hexadecimal: long, of letters and digits, and no path.
  [/(?<![\w/+-])(?=[\w+-]*\d)(?=[\w+-]*[a-z])[\w+-]{32,}={0,2}(?![\w/])/gi, BLANK],
  // Base64 may have slashes. Paths begin with one, or have other signs in them, or no capitals among the digits.
  [/(?<![\w/.~+@-])(?=[a-zA-Z+/]*\d)(?=[a-z\d+/]*[A-Z])(?=[A-Z\d+/]*[a-z])[\w+/]{32,}={0,2}(?![\w/.@-])/g, BLANK],
];

/** A program's words as a client and a log may have them: one line, without control characters, and with what could be a secret left out. */
export function redacted(words: string): string {
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

  /** See {@link redacted}. */
  toString(): string {
    // What is left of a word could be of a secret that nothing marks as one any more.
    const whole = this.#isCut ? this.#text.replace(/^\S*/, "") : this.#text;
    const told = redacted(whole);
    return told.length > TOLD_CHARACTERS ? `… ${told.slice(-TOLD_CHARACTERS).replace(/^\S*\s?/, "")}` : told;
  }
}
