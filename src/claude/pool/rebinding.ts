/**
 * Whether processes of the installed CLI can be given another system prompt, other tools and another model once they remember
 * nothing. Older versions say yes to the request and go on with the old system prompt, so the version's word is not enough:
 * the first process that has the time tries it, and until then nobody relies on it.
 */
export class Rebinding {
  #works: boolean | undefined;

  /** `isKnown`: whether this version is known to do so. */
  constructor(isKnown: boolean) {
    this.#works = isKnown;
  }

  get works(): boolean {
    return this.#works === true;
  }

  get isUntried(): boolean {
    return this.#works === undefined;
  }

  conclude(works: boolean): void {
    if (this.isUntried) this.#works = works;
  }
}
