/** Whether the server is going down: new requests are then refused, and endless feeds end. */
export class Lifecycle {
  readonly #stopping = new AbortController();

  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  beginStop(): void {
    this.#stopping.abort();
  }
}
