import { ApiError } from "../../core/error.ts";
import type { ErrorReader } from "../process/child-process.ts";
import { resultError } from "../turn/result-error.ts";

/** What the CLI writes to stderr when it puts an estimate of its own in the place of a count, and when Anthropic's was refused. */
const ESTIMATED = /\banalyzeContext: count unavailable\b/;
const REFUSED = /\bcountTokens API call failed: (?:(\d{3}) )?(.*)/;

/** Characters of what Anthropic said, which may quote the request. */
const MOST_SAID = 20_000;

/** Why Anthropic did not count, as the CLI tells it. */
type Refusal = { readonly status: string | undefined; readonly said: string };

/**
 * Whether any figure that a process told is an estimate of its own: its answer does not say so, but its stderr does. Every line is
 * read as it comes, and the first refusal kept, however much is written after it.
 */
export class Estimates implements ErrorReader {
  #any = false;
  #isComplete = false;
  #refusal: Refusal | undefined;

  read(line: string): void {
    const refused = REFUSED.exec(line);
    if (refused || ESTIMATED.test(line)) this.#any = true;
    if (refused) this.#refusal ??= { status: refused[1], said: (refused[2] ?? "").slice(0, MOST_SAID) };
  }

  end(): void {
    this.#isComplete = true;
  }

  /** To be asked when the process has exited. Throws when its stderr was not read to the end: then nobody knows. */
  any(): boolean {
    if (!this.#any && !this.#isComplete) throw new Error("what it wrote to stderr could not be read to its end");
    return this.#any;
  }

  /** Why Anthropic did not count. */
  why(): ApiError {
    const { status, said = "" } = this.#refusal ?? {};
    if (status === undefined) {
      const reason = said === "" ? "" : `: ${said}`;
      return new ApiError("upstream_unreachable", `The Anthropic API did not count the tokens${reason}`);
    }
    const facts = { type: "result", subtype: "success", is_error: true, api_error_status: Number(status) } as const;
    return resultError({ result: { ...facts, result: messageIn(said) }, now: Date.now() / 1000 });
  }
}

/** The message in the API's error envelope, which may have been cut off; else what there is. */
function messageIn(said: string): string {
  const [, quoted] = /"message":"((?:[^"\\]|\\.)*)/.exec(said) ?? [];
  if (quoted === undefined) return said;
  try {
    return String(JSON.parse(`"${quoted}"`));
  } catch {
    return quoted;
  }
}
