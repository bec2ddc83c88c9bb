import { ApiError } from "../../core/error.ts";
import type { ErrorReader } from "../process/child-process.ts";
import { resultError } from "../turn/turn-errors.ts";

/** What the CLI writes to stderr when it puts an estimate of its own in the place of a count, and when Anthropic's was refused. */
const ESTIMATED = /\banalyzeContext: count unavailable\b/;
const REFUSED = /\bcountTokens API call failed: (?:(\d{3}) )?(.*)/;
/** What it writes when it is asked for a server that it does not have: the name, which we choose, marks the place. */
const MARKED = /\bmcp_reconnect: refused: .*\b(mark-[\w-]+)$/;

/** Characters of what Anthropic said, which may quote the request. */
const MOST_SAID = 20_000;

/** Why Anthropic did not count, as the CLI tells it. */
type Refusal = { readonly status: string | undefined; readonly said: string };

/**
 * Whether a figure that a process told is an estimate of its own: its answer does not say so, but its stderr does. What comes there is
 * in the order in which it was written, so once a mark is read that was asked for after the answer, all has been read that was
 * said of it. Every line is read as it comes, and the first refusal kept, however much is written after it.
 */
export class Estimates implements ErrorReader {
  #any = false;
  #refusal: Refusal | undefined;
  #isComplete = false;
  #mark: string | undefined;
  #onMark: (() => void) | undefined;

  read(line: string): void {
    const refused = REFUSED.exec(line);
    if (refused || ESTIMATED.test(line)) this.#any = true;
    if (refused) this.#refusal ??= { status: refused[1], said: (refused[2] ?? "").slice(0, MOST_SAID) };
    else if (this.#mark !== undefined && MARKED.exec(line)?.[1] === this.#mark) this.#onMark?.();
  }

  end(): void {
    this.#isComplete = true;
  }

  /** Chooses a mark, the name of a server to ask for, and calls back when it is read. */
  expectMark(onMark: () => void): string {
    this.#mark = `mark-${crypto.randomUUID()}`;
    this.#onMark = onMark;
    return this.#mark;
  }

  /**
   * Why the last figures are estimates, undefined if none is; and forgets it. To be asked when the mark was read or, where there is
   * none, when the process has exited: throws when its stderr was not read to the end then, for nobody knows.
   */
  takeReason({ isMarked }: { readonly isMarked: boolean }): ApiError | undefined {
    if (!this.#any && !isMarked && !this.#isComplete)
      throw new Error("what it wrote to stderr could not be read to its end");
    const reason = this.#any ? reasonOf(this.#refusal) : undefined;
    this.#any = false;
    this.#refusal = undefined;
    return reason;
  }
}

function reasonOf(refusal: Refusal | undefined): ApiError {
  const { status, said = "" } = refusal ?? {};
  if (status === undefined) {
    const reason = said === "" ? "" : `: ${said}`;
    return new ApiError("upstream_unreachable", `The Anthropic API did not count the tokens${reason}`);
  }
  const facts = { type: "result", subtype: "success", is_error: true, api_error_status: Number(status) } as const;
  return resultError({ result: { ...facts, result: messageIn(said) }, now: Date.now() / 1000 });
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
