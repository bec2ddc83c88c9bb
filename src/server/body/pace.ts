/** As long as a request that needs much may keep all others waiting, in milliseconds, before it lets them have their turn. */
const TURN_MS = 8;

/** Cuts long work into turns. Everything runs in one thread: while nothing gives way, no other request is even read. */
export class Pace {
  #turnBegan = performance.now();

  /** To be awaited wherever work may pause. Most times it does not. */
  async giveWay(): Promise<void> {
    if (performance.now() - this.#turnBegan < TURN_MS) return;
    await nextTurn();
    this.#turnBegan = performance.now();
  }
}

/** Resolves once all else that is to be done has had its turn. A microtask would not do: those all run before anything that arrives. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
