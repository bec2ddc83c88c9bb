import type { Asking } from "../core/backend.ts";

/** Whose the stored responses are that a request may have. `isOnly`: there is one key, so what has no owner is its bearer's, too. */
export type Owner = { readonly id: string; readonly isOnly: boolean };

/** Who asks, as routes tell it to the backend. */
export type Asker = Pick<Asking, "client" | "caller"> & { readonly owner?: Owner | undefined };

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
