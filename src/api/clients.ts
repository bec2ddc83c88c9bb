/** Whose the requests are that are being answered, as the server has found out; routes tell it to the backend. */
export class Clients {
  readonly #byRequest = new WeakMap<Request, string>();

  note(request: Request, client: string): void {
    this.#byRequest.set(request, client);
  }

  /** Undefined for one that came by no server. */
  of(request: Request): string | undefined {
    return this.#byRequest.get(request);
  }
}
