/** Makes names different by a number behind them. What it takes does not grow with how many there are of one stem. */
export class NumberedNames {
  readonly #longest: number;
  /** Where to go on counting. All below are taken. */
  readonly #counts = new Map<string, number>();

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The stem, or the first of `stem_2`, `stem_3` … that is free, shortened where there is no room for the number. */
  unused(stem: string, isFree: (name: string) => boolean): string {
    if (isFree(stem)) return stem;
    let count = this.#counts.get(stem) ?? 2;
    while (!isFree(this.#numbered(stem, count))) count++;
    this.#counts.set(stem, count);
    return this.#numbered(stem, count);
  }

  /** Names that were taken are free again. */
  forget(): void {
    this.#counts.clear();
  }

  #numbered(stem: string, count: number): string {
    const end = `_${count}`;
    return `${stem.slice(0, this.#longest - end.length)}${end}`;
  }
}
