/** Some hundred bytes each; a client's tools, its prompts and the questions of an hour. */
const MOST = 5_000;

/** What was counted, by what it was counted of. Of the content itself only a hash is kept; what was used longest ago is forgotten first. */
export class RememberedCounts {
  readonly #counts = new Map<string, number>();

  get(key: string): number | undefined {
    const count = this.#counts.get(key);
    if (count !== undefined) this.set(key, count);
    return count;
  }

  set(key: string, count: number): void {
    this.#counts.delete(key);
    this.#counts.set(key, count);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MOST && oldest !== undefined) this.#counts.delete(oldest);
  }
}

/** The same for the same content, and different for any other. */
export function contentKey(...content: unknown[]): string {
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(content)).digest("base64");
}
