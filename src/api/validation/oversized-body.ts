import { ApiError } from "../../core/error.ts";

/**
 * A body of more values than are taken. It is refused whatever it says, but with what is wrong with it, if anything is: so no spelling but
 * the textbook's is tried on it, and nothing is made of it.
 */
export class OversizedBody {
  readonly body: unknown;
  readonly #most: number;

  constructor(body: unknown, most: number) {
    this.body = body;
    this.#most = most;
  }

  refusal(): ApiError {
    const limit = `The request body holds more than ${this.#most} values, its lists and objects counted with their members`;
    return new ApiError("request_too_large", `${limit}. Send fewer messages or parts; each may be longer.`);
  }
}
