import { ignoredHeader } from "../ignored-fields.ts";
import { invalid } from "../invalid.ts";
import { ignoredIncludes } from "./include.ts";

export type Retrieval = {
  readonly stream: boolean;
  /** The number of the last event that the client has; -1 when it has none. */
  readonly startingAfter: number;
  /** What had no effect, for the response's header. */
  readonly headers: Readonly<Record<string, string>>;
};

/** The same for the description of the API. */
export const RETRIEVAL_PARAMETERS = [
  {
    name: "stream",
    in: "query" as const,
    schema: { type: "boolean" as const },
    description: "Its events, when it was created with background and stream, until some minutes after its end.",
  },
  {
    name: "starting_after",
    in: "query" as const,
    schema: { type: "integer" as const, minimum: 0 },
    description: "With stream: only the events after this sequence number.",
  },
  {
    name: "include",
    in: "query" as const,
    schema: { type: "array" as const, items: { type: "string" as const } },
    description: "Images of the input are told anyway; nothing else that OpenAI has is there.",
  },
];

/** The query of GET /v1/responses/{id}. Throws an ApiError that names the parameter which is wrong. */
export function readRetrieval(query: URLSearchParams): Retrieval {
  const stream = readFlag(query.get("stream"), "stream");
  const after = query.get("starting_after");
  if (after !== null && !stream) {
    throw invalid("starting_after", "'starting_after' means something only together with 'stream=true'.");
  }
  // The SDKs write lists in different ways.
  const include = [...query].filter(([name]) => /^include(\[\d*\])?$/.test(name)).map(([, value]) => value);
  const startingAfter = after === null ? -1 : readNumber(after);
  return { stream, startingAfter, headers: ignoredHeader(ignoredIncludes(include)) };
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
