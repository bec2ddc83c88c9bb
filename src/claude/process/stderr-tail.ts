const KEPT_CHARACTERS = 4_000;

/** Keeps the end of what a process writes to stderr, to explain its death. */
export class StderrTail {
  #text = "";
  readonly #decoder = new TextDecoder();

  push(chunk: Uint8Array): void {
    this.#text = (this.#text + this.#decoder.decode(chunk, { stream: true })).slice(-KEPT_CHARACTERS);
  }

  toString(): string {
    return this.#text.trim();
  }
}
