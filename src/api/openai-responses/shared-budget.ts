type Kept = { readonly characters: number; readonly giveWay: () => void };

/** Characters that several stores may keep in all. What was used longest ago gives way, whichever of them keeps it. */
export class SharedBudget {
  readonly #maxCharacters: number;
  /** In the order in which they were used last. */
  readonly #kept = new Map<object, Kept>();
  #characters = 0;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  get characters(): number {
    return this.#characters;
  }

  /** `giveWay` removes the entry from its store, which calls {@link remove} then. */
  add(entry: object, kept: Kept): void {
    this.#kept.set(entry, kept);
    this.#characters += kept.characters;
    for (const { giveWay } of this.#kept.values()) {
      if (this.#characters <= this.#maxCharacters) return;
      giveWay();
    }
  }

  touch(entry: object): void {
    const kept = this.#kept.get(entry);
    if (kept === undefined) return;
    this.#kept.delete(entry);
    this.#kept.set(entry, kept);
  }

  remove(entry: object): void {
    this.#characters -= this.#kept.get(entry)?.characters ?? 0;
    this.#kept.delete(entry);
  }
}
