/** How many bytes may still arrive: one for all the images of a request, since each alone is within its limit and a hundred are not. */
export class ByteAllowance {
  readonly total: number;
  #left: number;

  constructor(total: number) {
    this.total = total;
    this.#left = total;
  }

  /** Takes bytes as they arrive, whoever they are for. False: they are more than there were left. */
  spend(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left >= 0;
  }
}
