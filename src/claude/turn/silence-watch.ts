/**
 * Calls once when nothing was heard for a time. One timer for many words: set anew with each, it would cost more than reading the
 * word.
 */
export class SilenceWatch {
  readonly #ms: number;
  readonly #onSilence: () => void;
  #heardAt = performance.now();
  #timer: ReturnType<typeof setTimeout>;

  constructor(ms: number, onSilence: () => void) {
    this.#ms = ms;
    this.#onSilence = onSilence;
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  heard(): void {
    this.#heardAt = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const left = this.#heardAt + this.#ms - performance.now();
    if (left > 0) this.#timer = setTimeout(() => this.#look(), left);
    else this.#onSilence();
  }
}
