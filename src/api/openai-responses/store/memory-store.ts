import { askedWith, type KeptItem, type ResponseStore, type StoredResponse } from "./store.ts";

export type StoreLimits = {
  readonly maxResponses: number;
  /** Of all that is kept, as JSON. */
  readonly maxCharacters: number;
  readonly maxAgeMs: number;
};

const LIMITS: StoreLimits = { maxResponses: 1000, maxCharacters: 64 * 1024 * 1024, maxAgeMs: 24 * 60 * 60 * 1000 };

type Entry = { readonly stored: StoredResponse; readonly characters: number; readonly keptAt: number };

/** Responses in memory. Those that were not asked for longest give way. */
export class MemoryResponseStore implements ResponseStore {
  readonly #limits: StoreLimits;
  readonly #now: () => number;
  readonly #budget: SharedBudget | undefined;
  /** In the order in which they were asked for last. */
  readonly #entries = new Map<string, Entry>();
  /** For each item whose id does not tell it the responses that keep it; the one that was put last comes last. */
  readonly #owners = new Map<string, Set<string>>();
  #characters = 0;

  /** With a budget, what is kept counts for that, too. */
  constructor(limits: Partial<StoreLimits> = {}, now: () => number = Date.now, budget?: SharedBudget) {
    this.#limits = { ...LIMITS, ...limits };
    this.#now = now;
    this.#budget = budget;
  }

  put(stored: StoredResponse): boolean {
    const { id, input, output } = stored;
    this.delete(id);
    const characters = JSON.stringify(stored).length;
    const entry = { stored, characters, keptAt: this.#now() };
    this.#entries.set(id, entry);
    this.#characters += characters;
    for (const item of [...input, ...output]) if (askedWith(item.id) !== id) this.#noteOwner(item, id);
    this.#makeRoom();
    if (this.#entries.has(id)) this.#budget?.add(entry, { characters, giveWay: () => void this.delete(id) });
    return true;
  }

  get(id: string): StoredResponse | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    this.#entries.delete(id);
    if (this.#isOld(entry)) {
      this.#forget(entry);
      return undefined;
    }
    this.#entries.set(id, entry);
    this.#budget?.touch(entry);
    return entry.stored;
  }

  delete(id: string): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    this.#entries.delete(id);
    this.#forget(entry);
    return !this.#isOld(entry);
  }

  clear(): void {
    for (const id of [...this.#entries.keys()]) this.delete(id);
  }

  findItem(id: string, key?: string): KeptItem | undefined {
    // Asking for its response keeps that, or tells that it is too old.
    const owners = [...(this.#owners.get(id) ?? [])].reverse();
    for (const owner of [...owners, askedWith(id) ?? []].flat()) {
      const stored = this.get(owner);
      if (stored && stored.key === key) return [...stored.input, ...stored.output].find((item) => item.id === id);
    }
    return undefined;
  }

  #noteOwner({ id }: KeptItem, owner: string): void {
    const owners = this.#owners.get(id) ?? new Set<string>();
    this.#owners.set(id, owners.add(owner));
  }

  #makeRoom(): void {
    for (const [id, entry] of this.#entries) {
      const isTooMuch = this.#entries.size > this.#limits.maxResponses || this.#characters > this.#limits.maxCharacters;
      if (!isTooMuch && !this.#isOld(entry)) continue;
      this.#entries.delete(id);
      this.#forget(entry);
    }
  }

  #forget(entry: Entry): void {
    const { stored, characters } = entry;
    this.#characters -= characters;
    this.#budget?.remove(entry);
    for (const { id } of [...stored.input, ...stored.output]) {
      if (askedWith(id) === stored.id) continue;
      const owners = this.#owners.get(id);
      owners?.delete(stored.id);
      if (owners?.size === 0) this.#owners.delete(id);
    }
  }

  #isOld({ keptAt }: Entry): boolean {
    return this.#now() - keptAt > this.#limits.maxAgeMs;
  }
}

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
