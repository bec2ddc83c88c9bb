import { readdirSync, readFileSync } from "node:fs";
import { MAX_CONNECTIONS } from "./limits.ts";

/** So many descriptors shall be free, or half of few: a process of the CLI takes some, and so do files and requests. */
const FREE = 64;
/** With fewer, or an eighth of few, no connection is taken: where none is left Bun tries to take the next one again and again, without a pause. */
const LAST = 16;
const LOOK_EVERY_MS = 1000;

/** The process's descriptors, of which each connection takes one. `open` throws where the system does not tell, or has none left to look with. */
type DescriptorCount = { readonly limit: () => number | undefined; readonly open: () => number };

/** What Linux and macOS tell; of the limit, only Linux. */
const OWN: DescriptorCount = {
  limit() {
    if (process.platform !== "linux") return undefined;
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return limit === undefined ? undefined : Number(limit);
  },
  open: () => readdirSync(process.platform === "linux" ? "/proc/self/fd" : "/dev/fd").length,
};

export type ConnectionBounds = {
  readonly count?: DescriptorCount;
  /** Descriptors that may be open, where the system's limit leaves room for as many. */
  readonly most?: number;
  readonly lookEveryMs?: number;
};

type Measures = {
  /** Closes connections that wait for nothing. */
  readonly relieve: () => void;
  /** Told at each look whether further connections are taken. */
  readonly accept: (isAccepting: boolean) => void;
};

/**
 * Keeps the connections that are open within bounds. Bun counts none, and tells of none that asks nothing, so the process's descriptors are looked at
 * now and then, which takes a tenth of a millisecond. Windows does not tell them: there it does nothing.
 */
export class ConnectionWatch {
  readonly #measures: Measures;
  readonly #count: DescriptorCount;
  readonly #comfortable: number;
  readonly #most: number;
  readonly #timer: Timer | undefined;

  constructor(
    { count = OWN, most = MAX_CONNECTIONS, lookEveryMs = LOOK_EVERY_MS }: ConnectionBounds,
    measures: Measures,
  ) {
    this.#measures = measures;
    this.#count = count;
    const isTold = this.#open() < Number.POSITIVE_INFINITY;
    const limit = (isTold ? count.limit() : undefined) ?? Number.POSITIVE_INFINITY;
    this.#comfortable = Math.min(most, limit - Math.min(FREE, limit / 2));
    this.#most = Math.min(most, limit - Math.min(LAST, limit / 8));
    if (isTold) this.#timer = setInterval(() => this.#look(), lookEveryMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { relieve, accept } = this.#measures;
    if (this.#open() > this.#comfortable) relieve();
    accept(this.#open() <= this.#most);
  }

  #open(): number {
    try {
      return this.#count.open();
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  }
}
