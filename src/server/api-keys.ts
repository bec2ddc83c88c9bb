import { createHash, timingSafeEqual } from "node:crypto";
import { ApiError } from "../core/error.ts";

/** The keys clients must present one of. Without any, every key is accepted, as clients insist on sending one. */
export class ApiKeys {
  readonly #digests: readonly Buffer[];

  constructor(keys: readonly string[]) {
    this.#digests = keys.map(digest);
  }

  get required(): boolean {
    return this.#digests.length > 0;
  }

  /** Throws invalid_api_key unless the headers carry a valid key. */
  check(headers: Headers): void {
    if (!this.required) return;
    const presented = presentedKeys(headers);
    if (presented.length === 0) {
      throw new ApiError(
        "invalid_api_key",
        "This server needs an API key: send it as 'Authorization: Bearer KEY' or 'x-api-key: KEY'.",
      );
    }
    if (!presented.map((key) => this.#includes(key)).includes(true)) {
      throw new ApiError(
        "invalid_api_key",
        "Incorrect API key. It is the one the server was started with (--api-key).",
      );
    }
  }

  /** Takes the same time for any key: all of them are compared, as digests of one length. */
  #includes(key: string): boolean {
    const given = digest(key);
    return this.#digests.map((known) => timingSafeEqual(known, given)).includes(true);
  }
}

export function presentedKeys(headers: Headers): string[] {
  const [, bearer] = /^bearer +(\S.*)$/i.exec(headers.get("authorization") ?? "") ?? [];
  return [bearer ?? "", headers.get("x-api-key") ?? ""].filter((key) => key !== "");
}

function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
