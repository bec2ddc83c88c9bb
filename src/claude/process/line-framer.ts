const NEWLINE = 0x0a;

/** Cuts a byte stream into lines. Works on bytes, so a UTF-8 character that spans two chunks stays whole. */
export class LineFramer {
  readonly #decoder = new TextDecoder();
  #pending: Uint8Array[] = [];

  /** The lines completed by this chunk, without their newline; empty lines are left out. */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#complete(chunk.subarray(start, end), lines);
      start = end + 1;
    }
    // Copied: the reader may reuse the chunk's memory.
    if (start < chunk.length) this.#pending.push(chunk.slice(start));
    return lines;
  }

  /** What is left at the end of the stream: a last line without a newline counts too. */
  end(): string[] {
    const lines: string[] = [];
    this.#complete(new Uint8Array(0), lines);
    return lines;
  }

  #complete(tail: Uint8Array, lines: string[]): void {
    const bytes = this.#pending.length === 0 ? tail : Buffer.concat([...this.#pending, tail]);
    this.#pending = [];
    const line = this.#decoder.decode(bytes);
    if (line.trim() !== "") lines.push(line);
  }
}
