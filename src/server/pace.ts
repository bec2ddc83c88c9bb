/** As long as a request that needs much may keep all others waiting, in milliseconds, before it lets them have their turn. */
const TURN_MS = 8;

/** Cuts long work into turns. Everything runs in one thread: while nothing gives way, no other request is even read. */
export class Pace {
  #turnBegan = performance.now();

  /** To be awaited wherever work may pause. Most times it does not. */
  async giveWay(): Promise<void> {
    if (performance.now() - this.#turnBegan < TURN_MS) return;
    // Not a microtask: those all run before anything that arrives.
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#turnBegan = performance.now();
  }
}
