const MOST_FAILURES = 3;

/**
 * Whether processes of the installed CLI can be given another system prompt and another model once they remember nothing. Older
 * versions say yes to the request and go on with the old system prompt, so of versions that we do not know it is tried, and
 * until then nobody relies on it.
 */
export class Rebinding {
  #works: boolean | undefined;
  #failures = 0;

  /** Undefined: it is not known. */
  constructor(works: boolean | undefined) {
    this.#works = works;
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

  succeed(): void {
    this.#failures = 0;
  }

  /** A process did not let itself be bound anew. One may be sick; after several in a row it is the version, and nobody shall wait for it again. */
  fail(): void {
    if (++this.#failures >= MOST_FAILURES) this.#works = false;
  }
}
