/** A process that is none of the pool's, but takes room like them. */
export type Guest = {
  /** Whether it could be ended without harm. */
  readonly isResting: boolean;
  /** Ends it: its room is needed, and is its own no more. */
  retire(): void;
};

/** The processes that take room beside the pool's own. */
export class Guests {
  readonly #guests = new Set<Guest>();

  get size(): number {
    return this.#guests.size;
  }
  get busy(): number {
    return [...this.#guests].filter(({ isResting }) => !isResting).length;
  }

  add(guest: Guest): () => void {
    this.#guests.add(guest);
    return () => void this.#guests.delete(guest);
  }

  /** Ends one that rests. False: there is none. */
  retireOne(): boolean {
    const resting = [...this.#guests].find(({ isResting }) => isResting);
    if (resting === undefined) return false;
    this.#guests.delete(resting);
    resting.retire();
    return true;
  }
}
