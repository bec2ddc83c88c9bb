import { readdirSync, readFileSync } from "node:fs";

/** So many shall be free: a process of the CLI takes some, and so do files and requests. */
const FREE = 64;
const LOOKED_AT_EVERY_MS = 250;

/** The process's descriptors, of which each connection takes one. */
export type DescriptorCount = { readonly limit: () => number | undefined; readonly open: () => number };

/** What Linux tells; elsewhere the limit is not known, and so never reached. */
const OWN: DescriptorCount = {
  limit() {
    if (process.platform !== "linux") return undefined;
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return limit === undefined ? undefined : Number(limit);
  },
  open: () => readdirSync("/proc/self/fd").length,
};

/** Tells when descriptors run short: connections that are only kept for what may come are then better closed. */
export class Descriptors {
  readonly #count: DescriptorCount;
  readonly #now: () => number;
  readonly #limit: number | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(count = OWN, now: () => number = () => performance.now()) {
    this.#count = count;
    this.#now = now;
    this.#limit = count.limit();
  }

  /** Whether they were found to be short just now; it does not look again at once. */
  get areShort(): boolean {
    if (this.#limit === undefined || this.#now() - this.#lookedAt < LOOKED_AT_EVERY_MS) return false;
    this.#lookedAt = this.#now();
    try {
      return this.#limit - this.#count.open() < Math.min(FREE, this.#limit / 2);
    } catch {
      // There was none left to look with.
      return true;
    }
  }
}
