/** What waits under each key, first come first served. A step takes no longer when more waits: clients may send any number. */
export class KeyedQueues<Item> {
  readonly #queues = new Map<string, { readonly items: Item[]; next: number }>();

  add(key: string, item: Item): void {
    const queue = this.#queues.get(key);
    if (queue) queue.items.push(item);
    else this.#queues.set(key, { items: [item], next: 0 });
  }

  take(key: string): Item | undefined {
    const queue = this.#queues.get(key);
    if (queue === undefined || queue.next === queue.items.length) return undefined;
    return queue.items[queue.next++];
  }
}
