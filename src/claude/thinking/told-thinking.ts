/** What is known of thinking that the API gave. */
export type Told = {
  /** The API's id of the model that thought it. */
  readonly model: string;
  /** The hash of all that it was told before: see `hashesOf`. */
  readonly before: string;
  /** Behind which of the turns it was told of the CLI's environment. */
  readonly environmentAt: number | undefined;
};

/** Some hundred bytes each. */
const MOST = 10_000;

/**
 * Thinking that clients were told, and that the API has refused, by hashes of its signatures. In memory: of what was told by another
 * server, the API says itself whether it can be used.
 */
export class ToldThinking {
  /** What was told first comes first. */
  readonly #told = new Map<bigint, Told>();
  readonly #refused = new Set<bigint>();

  add(signature: string, told: Told): void {
    const key = keyOf(signature);
    this.#told.set(key, told);
    this.#refused.delete(key);
    const [oldest] = this.#told.keys();
    if (this.#told.size > MOST && oldest !== undefined) this.#told.delete(oldest);
  }

  /** Undefined: nothing is known of it. */
  find(signature: string): Told | undefined {
    return this.#told.get(keyOf(signature));
  }

  refuse(signature: string): void {
    this.#refused.add(keyOf(signature));
    const [oldest] = this.#refused;
    if (this.#refused.size > MOST && oldest !== undefined) this.#refused.delete(oldest);
  }

  isRefused(signature: string): boolean {
    return this.#refused.has(keyOf(signature));
  }
}

function keyOf(signature: string): bigint {
  return Bun.hash.xxHash64(signature);
}
