import type { Backend, Unmet } from "../../core/backend.ts";
import type { ChatRequest } from "../../core/request.ts";

const FIELDS: Readonly<Record<Unmet, string>> = {
  "forced-call": "tool_choice",
  temperature: "temperature",
  "top-p": "top_p",
  "top-k": "top_k",
  thinking: "thinking",
};

/** Has an effect with some models: named as without one it is by its dialect, before the model is looked at. */
const MAY_BE_MET: readonly Unmet[] = ["temperature", "top-k"];

type UnmetOptions = {
  readonly backend: Pick<Backend, "unmet">;
  /** What the dialect leaves out or changes, whichever model is meant. */
  readonly ignored: readonly string[];
  /** The field by which a call is forced. */
  readonly forcedCall?: string;
  /** The field in which thinking is told again. */
  readonly thinking?: string;
};

/** The fields of which a request's model takes less than was asked for, or nothing, for the response header. */
export function unmetFields(request: ChatRequest, { backend, ignored, ...own }: UnmetOptions): string[] {
  const fields = {
    ...FIELDS,
    "forced-call": own.forcedCall ?? FIELDS["forced-call"],
    thinking: own.thinking ?? FIELDS.thinking,
  };
  const unmet = backend.unmet(request);
  const met = MAY_BE_MET.filter((wish) => request.sampling !== undefined && !unmet.includes(wish));
  const effective = met.map((wish) => FIELDS[wish]);
  return [...new Set([...ignored.filter((field) => !effective.includes(field)), ...unmet.map((wish) => fields[wish])])];
}
