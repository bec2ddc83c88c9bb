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
