/** Processes that are being ended, until they are gone. */
export class Endings {
  readonly #running = new Set<Promise<void>>();

  add(ended: Promise<void>): void {
    const tracked = ended.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  /** Resolves when all are gone. */
  async all(): Promise<void> {
    await Promise.all(this.#running);
  }
}
