import type { Backend, Unmet } from "../../core/backend.ts";
import type { ChatRequest } from "../../core/request.ts";
import { ignoredHeader, reportIgnored } from "./ignored-fields.ts";

const FIELDS: Readonly<Record<Unmet, string>> = {
  "forced-call": "tool_choice",
  temperature: "temperature",
  "top-p": "top_p",
  "top-k": "top_k",
  thinking: "thinking",
  effort: "effort",
  "think-first": "thinking",
  "serial-calls": "parallel_tool_calls",
  "strict-tools": "tools.strict",
};

/** Has an effect with some models: named as without one it is by its dialect, before the model is looked at. */
const MAY_BE_MET: readonly Unmet[] = ["temperature", "top-k"];

/** The same of functions that are strict, by what each dialect calls it. */
const STRICT = ["tools.function.strict", "functions.strict", "tools.strict", "tools.tools.strict"];

type UnmetOptions = {
  readonly backend: Pick<Backend, "unmet">;
  /** What the dialect leaves out or changes, whichever model is meant. */
  readonly ignored: readonly string[];
  /** The dialect's own names of fields, where they are others than OpenAI's of a chat. */
  readonly names?: Partial<Readonly<Record<Unmet, string>>>;
};

/** Headers of an answer, to be asked for once it has begun: what a model does not take may have been learnt by then. */
export type HeadersOf = () => Readonly<Record<string, string>>;

/** Refuses a request of which something would have no effect, where the user wants it strict; else tells of that with the answer. */
export function unmetHeaders(request: ChatRequest, options: UnmetOptions, strict: boolean): HeadersOf {
  if (strict) reportIgnored(unmetFields(request, options), strict);
  return () => ignoredHeader(unmetFields(request, options));
}

/** The fields of which a request's model takes less than was asked for, or nothing, for the response header. */
export function unmetFields(request: ChatRequest, { backend, ignored, names }: UnmetOptions): string[] {
  const fields = { ...FIELDS, ...names };
  const unmet = backend.unmet(request);
  const met = MAY_BE_MET.filter((wish) => request.sampling !== undefined && !unmet.includes(wish));
  const isStrict = request.tools.some(({ strict }) => strict) && !unmet.includes("strict-tools");
  const effective = [...met.map((wish) => FIELDS[wish]), ...(isStrict ? STRICT : [])];
  return [
    ...new Set([
      ...ignored.filter((field) => !effective.includes(field)),
      ...unmet.filter((wish) => wish !== "strict-tools").map((wish) => fields[wish]),
    ]),
  ];
}
