const MOST_FAILURES = 3;

/** Whether processes of the installed CLI can do something that is no documented feature. */
export class Ability {
  #works: boolean | undefined;
  #failures = 0;

  /** Undefined: it is not known, and until it is nobody relies on it. */
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

  /** A process did not do it. One may be sick; after several in a row it is the version, and nobody shall wait for it again. */
  fail(): void {
    if (++this.#failures >= MOST_FAILURES) this.#works = false;
  }
}
