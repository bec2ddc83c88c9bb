import { ignoredQuery, tellIgnored } from "../ignored-fields.ts";
import { invalid } from "../invalid.ts";
import { ignoredLater } from "./include.ts";
import { RETRIEVAL_PARAMETERS } from "./parameters.ts";

export type Retrieval = {
  readonly stream: boolean;
  /** The number of the last event that the client has; -1 when it has none. */
  readonly startingAfter: number;
  /** What had no effect, for the response's header. */
  readonly headers: Readonly<Record<string, string>>;
};

/**
 * The query of GET /v1/responses/{id}. Throws an ApiError that names the parameter which is wrong, or, when strict, the one that
 * has no effect.
 */
export function readRetrieval(query: URLSearchParams, strict: boolean): Retrieval {
  const stream = readFlag(query.get("stream"), "stream");
  const after = query.get("starting_after");
  if (after !== null && !stream) {
    throw invalid("starting_after", "'starting_after' means something only together with 'stream=true'.");
  }
  // The SDKs write lists in different ways.
  const include = [...query].filter(([name]) => /^include(\[\d*\])?$/.test(name)).map(([, value]) => value);
  const startingAfter = after === null ? -1 : readNumber(after);
  const ignored = [...ignoredQuery(query, RETRIEVAL_PARAMETERS), ...ignoredLater(include)];
  return { stream, startingAfter, headers: tellIgnored(ignored, strict) };
}

function readFlag(text: string | null, name: string): boolean {
  if (text === null || text === "false") return false;
  if (text === "true") return true;
  throw invalid(name, `Invalid value for '${name}': expected true or false, but got ${JSON.stringify(text)}.`);
}

function readNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const expected = "expected the sequence_number of an event, an integer from 0";
  throw invalid("starting_after", `Invalid value for 'starting_after': ${expected}, but got ${JSON.stringify(text)}.`);
}
