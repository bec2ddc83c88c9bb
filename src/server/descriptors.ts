import { readdirSync, readFileSync } from "node:fs";

/** So many shall be free: a process of the CLI takes some, and so do files and requests. */
const FREE = 64;
const LOOKED_AT_AFTER_MS = 250;

/** The process's descriptors, of which each connection takes one. */
type DescriptorCount = { readonly limit: () => number | undefined; readonly open: () => number };

/** What Linux tells; elsewhere the limit is not known, and so never reached. */
const OWN: DescriptorCount = {
  limit() {
    if (process.platform !== "linux") return undefined;
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return limit === undefined ? undefined : Number(limit);
  },
  open: () => readdirSync("/proc/self/fd").length,
};

/** Notices when descriptors run short: connections that are only kept for what may come then keep others from being accepted at all. */
export class Descriptors {
  readonly #relieve: () => void;
  readonly #count: DescriptorCount;
  readonly #limit: number | undefined;
  readonly #afterMs: number;
  #timer: Timer | undefined;

  /** `relieve` closes what can be spared. */
  constructor(relieve: () => void, count = OWN, afterMs = LOOKED_AT_AFTER_MS) {
    this.#relieve = relieve;
    this.#count = count;
    this.#limit = count.limit();
    this.#afterMs = afterMs;
  }

  /** To be told when a connection begins to wait. They are looked at a little later, and again for as long as they are short. */
  noteWaiting(): void {
    if (this.#limit === undefined) return;
    this.#timer ??= setTimeout(() => this.#look(this.#limit ?? 0), this.#afterMs).unref();
  }

  #look(limit: number): void {
    this.#timer = undefined;
    if (limit - this.#open() >= Math.min(FREE, limit / 2)) return;
    this.#relieve();
    this.noteWaiting();
  }

  #open(): number {
    try {
      return this.#count.open();
    } catch {
      // There was none left to look with.
      return Number.POSITIVE_INFINITY;
    }
  }
}
