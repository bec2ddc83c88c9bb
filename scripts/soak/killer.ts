import { readFileSync } from "node:fs";
import type { Random } from "../arena/random.ts";
import { children } from "../processes.ts";

const PAUSE_MS = [2_000, 8_000] as const;

/** Ends, now and then and without warning, one of the server's `claude` processes: never one that the server has not started. */
export class Killer {
  /** When it has struck. */
  readonly times: number[] = [];
  readonly #random: Random;
  readonly #server: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(server: number, random: Random) {
    this.#server = server;
    this.#random = random;
  }

  start(): void {
    this.#timer = setTimeout(
      () => {
        this.#strike();
        this.start();
      },
      this.#random.between(...PAUSE_MS),
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Whether it has struck in this time, or so shortly before that it may have been felt then. */
  hasStruck(begin: number, end: number): boolean {
    return this.times.some((time) => time >= begin - 1_000 && time <= end);
  }

  #strike(): void {
    const [first, ...others] = children(this.#server).filter(isConversation);
    if (first === undefined) return;
    try {
      process.kill(this.#random.pick([first, ...others]), "SIGKILL");
      this.times.push(performance.now());
    } catch {
      // It has ended by itself meanwhile.
    }
  }
}

/** Not one that only tells its version or login. */
function isConversation(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("--input-format");
  } catch {
    return false;
  }
}
