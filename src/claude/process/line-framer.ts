const NEWLINE = 0x0a;

/** Twice the largest request that a client may send, of which the CLI says parts again. */
const MOST_LINE_BYTES = 128 * 1024 * 1024;

/** Cuts a byte stream into lines. Works on bytes, so a UTF-8 character that spans two chunks stays whole. */
export class LineFramer {
  readonly #decoder = new TextDecoder();
  readonly #mostBytes: number;
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
      this.#complete(chunk.subarray(start, end), lines);
      start = end + 1;
    }
    // Copied: the reader may reuse the chunk's memory.
    if (start < chunk.length) this.#keep(chunk.slice(start));
    return lines;
  }

  /** What is left at the end of the stream: a last line without a newline counts too. */
  end(): string[] {
    const lines: string[] = [];
    this.#complete(new Uint8Array(0), lines);
    return lines;
  }

  #keep(part: Uint8Array): void {
    this.#pending.push(part);
    this.#pendingBytes += part.length;
    if (this.#pendingBytes <= this.#mostBytes) return;
    this.#pending = [];
    throw new Error(`it wrote ${Math.floor(this.#mostBytes / 1024 / 1024)} MiB without a line break`);
  }

  #complete(tail: Uint8Array, lines: string[]): void {
    const bytes = this.#pending.length === 0 ? tail : Buffer.concat([...this.#pending, tail]);
    this.#pending = [];
    this.#pendingBytes = 0;
    const line = this.#decoder.decode(bytes);
    if (line.trim() !== "") lines.push(line);
  }
}
