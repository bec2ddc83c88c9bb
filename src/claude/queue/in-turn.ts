/** What waits, by kinds: these are served in turn, and of one kind what came first. */
export class InTurn<T> {
  /** The kind whose turn is next first. */
  readonly #byKind = new Map<string, T[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): T | undefined {
    for (const [first] of this.#byKind.values()) return first;
    return undefined;
  }

  add(kind: string, item: T): void {
    this.#byKind.set(kind, [...(this.#byKind.get(kind) ?? []), item]);
    this.#size++;
  }

  /** Takes one out. It was its kind's turn where it was the first of that. False: it was not there. */
  remove(kind: string, item: T): boolean {
    const items = this.#byKind.get(kind) ?? [];
    const at = items.indexOf(item);
    if (at === -1) return false;
    this.#size--;
    const rest = items.toSpliced(at, 1);
    if (rest.length === 0 || at === 0) this.#byKind.delete(kind);
    if (rest.length > 0) this.#byKind.set(kind, rest);
    return true;
  }
}
