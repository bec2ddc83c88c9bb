import { createHash, timingSafeEqual } from "node:crypto";
import { ApiError } from "../../core/error.ts";

/** The keys clients must present one of. Without any, every key is accepted, as clients insist on sending one. */
export class ApiKeys {
  readonly #keys: readonly { readonly digest: Buffer; readonly name: string | undefined }[];

  constructor(keys: readonly string[], names: ReadonlyMap<string, string> = new Map()) {
    this.#keys = keys.map((key) => ({ digest: digest(key), name: names.get(key) }));
  }

  get required(): boolean {
    return this.#keys.length > 0;
  }

  /** The name of the key that a request carries, where it has one. Throws invalid_api_key unless it carries a valid key. */
  check(request: Request): string | undefined {
    if (!this.required) return undefined;
    const presented = presentedKeys(request);
    if (presented.length === 0) {
      throw new ApiError(
        "invalid_api_key",
        "This server needs an API key: send it as 'Authorization: Bearer KEY' or 'x-api-key: KEY'.",
      );
    }
    const [found] = presented.flatMap((key) => this.#find(key));
    if (found === undefined) {
      throw new ApiError(
        "invalid_api_key",
        "Incorrect API key. It is the one the server was started with (--api-key).",
      );
    }
    return found.name;
  }

  /** Takes the same time for any key: all of them are compared, as digests of one length. */
  #find(key: string) {
    const given = digest(key);
    return this.#keys.filter((known) => timingSafeEqual(known.digest, given));
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
