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

  /** Throws invalid_api_key unless the request carries a valid key. */
  check(request: Request): void {
    if (!this.required) return;
    const presented = presentedKeys(request);
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

/** Where clients put a key: OpenAI's, Anthropic's, Azure's and Google's. */
const HEADERS = ["x-api-key", "api-key", "x-goog-api-key"];
const PARAMETERS = ["key", "api_key", "api-key"];

export function presentedKeys({ headers, url }: Request): string[] {
  const authorization = headers.get("authorization")?.replace(/^(?:bearer\s+)+/i, "");
  const named = HEADERS.map((name) => headers.get(name));
  const query = URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams();
  const inQuery = PARAMETERS.map((name) => query.get(name));
  return [authorization, ...named, ...inQuery].filter((key) => typeof key === "string").filter((key) => key !== "");
}

function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
