import type { Asking } from "../core/backend.ts";

/** Who asks, as routes tell it to the backend. */
export type Asker = Pick<Asking, "client" | "caller">;

/** Whose the requests are that are being answered, as the server has found out. */
export class Clients {
  readonly #byRequest = new WeakMap<Request, Asker>();

  note(request: Request, asker: Asker): void {
    this.#byRequest.set(request, asker);
  }

  /** Nothing of one that came by no server. */
  of(request: Request): Asker {
    return this.#byRequest.get(request) ?? {};
  }
}
