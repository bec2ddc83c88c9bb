import type { Sampling } from "../../core/request.ts";
import type { Parameter } from "./parameter.ts";

const NOTE =
  "Claude's models take it up to 4.6 (Haiku up to 4.5), and there it arrives when the model does not think, and is not named.";

/** Those that may have an effect, in every dialect. */
export const TEMPERATURE: Parameter = { treatment: "ignored", takes: "number", note: `${NOTE} Up to 1.`, neutral: 1 };
export const TOP_K: Parameter = { treatment: "ignored", takes: "number", note: NOTE };

type Fields = Readonly<Record<string, unknown>>;

/** How a body steers sampling, beside what asks for nothing special. Numbers may be written as texts. */
export function decodeSampling({ temperature, top_p, top_k }: Fields): { sampling?: Sampling } {
  const wishes = { temperature: wish(temperature, 1), topP: wish(top_p, 1), topK: wish(top_k) };
  const given = Object.entries(wishes).filter(([, value]) => value !== undefined);
  return given.length === 0 ? {} : { sampling: Object.fromEntries(given) };
}

function wish(value: unknown, neutral?: number): number | undefined {
  if (value === "" || (typeof value !== "number" && typeof value !== "string")) return undefined;
  const number = Number(value);
  return Number.isFinite(number) && number !== neutral ? number : undefined;
}
