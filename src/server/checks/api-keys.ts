import { createHash, timingSafeEqual } from "node:crypto";
import type { Owner } from "../../api/clients.ts";
import { ApiError } from "../../core/error.ts";

/** `name`: of the key, where it has one. */
export type Bearer = { readonly name: string | undefined; readonly owner: Owner };

/** The keys clients must present one of. Without any, every key is accepted, as clients insist on sending one. */
export class ApiKeys {
  readonly #keys: readonly (Bearer & { readonly digest: Buffer })[];

  constructor(keys: readonly string[], names: ReadonlyMap<string, string> = new Map()) {
    const isOnly = new Set(keys).size === 1;
    this.#keys = keys.map((key) => {
      const name = names.get(key);
      return { digest: digest(key), name, owner: { id: name ?? nameless(key), isOnly } };
    });
  }

  get required(): boolean {
    return this.#keys.length > 0;
  }

  /** Whose key a request carries; undefined where none is needed. Throws invalid_api_key unless it carries a valid key. */
  check(request: Request): Bearer | undefined {
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
    return found;
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

/** Not one that a key can have. By the hash, which tells the key to nobody who does not guess it, it is the same after each start. */
function nameless(key: string): string {
  return `#${createHash("sha256").update(`owner of stored responses: ${key}`).digest("hex").slice(0, 32)}`;
}

function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
