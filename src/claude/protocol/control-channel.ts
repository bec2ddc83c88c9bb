import type { ControlResponseMessage } from "./messages.ts";

/** The CLI refused a control request, or is gone. */
export class ControlError extends Error {
  /** `isRefusal`: it was the process that said no. */
  constructor(
    subtype: string,
    message: string,
    readonly isRefusal = false,
  ) {
    super(`${subtype}: ${message}`);
    this.name = "ControlError";
  }
}

type Pending = Omit<PromiseWithResolvers<unknown>, "promise"> & { readonly subtype: string };

/** Our questions to the CLI (`control_request`) and its answers, matched by id. */
export class ControlChannel {
  readonly #write: (message: object) => void;
  readonly #pending = new Map<string, Pending>();
  #nextId = 1;
  #dead: Error | undefined;

  constructor(write: (message: object) => void) {
    this.#write = write;
  }

  /** Asks, and resolves with the answer's payload. Rejects with ControlError, also when no answer comes in time. */
  request(request: { readonly subtype: string } & Record<string, unknown>, timeoutMs: number): Promise<unknown> {
    const { subtype } = request;
    if (this.#dead) return Promise.reject(new ControlError(subtype, this.#dead.message));
    const id = `ctl-${this.#nextId++}`;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => {
      this.#pending.delete(id);
      reject(new ControlError(subtype, `no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    this.#pending.set(id, { subtype, resolve, reject });
    this.#write({ type: "control_request", request_id: id, request });
    return promise.finally(() => clearTimeout(timer));
  }

  handle({ response }: ControlResponseMessage): void {
    const pending = this.#pending.get(response.request_id);
    if (!pending) return;
    this.#pending.delete(response.request_id);
    if (response.subtype === "success") pending.resolve(response.response);
    else pending.reject(new ControlError(pending.subtype, response.error ?? response.subtype, true));
  }

  /** Fails everything pending and to come: the process is gone. */
  close(error: Error): void {
    this.#dead ??= error;
    for (const { subtype, reject } of this.#pending.values()) reject(new ControlError(subtype, error.message));
    this.#pending.clear();
  }
}
