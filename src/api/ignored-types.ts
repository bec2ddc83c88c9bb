import type { ApiError } from "../core/error.ts";
import type { Parameters, PlainType } from "./parameter.ts";
import { mismatchError, wrongValue } from "./validation/mismatch.ts";
import { isNode } from "./validation/schema-words.ts";

/** What of each type is sent for it: also in other words of the same meaning, as forms and settings have them. */
const TAKEN: Readonly<Record<PlainType, (value: unknown) => boolean>> = {
  number: (value) => typeof value === "number" || (typeof value === "string" && Number.isFinite(Number(value))),
  boolean: (value) => typeof value === "boolean" || typeof value === "number" || value === "true" || value === "false",
  string: (value) => ["string", "number", "boolean"].includes(typeof value),
  object: isNode,
};

/** A field is ignored, and not what is said in it: of a slip the client learns, though it changes nothing. Throws for the first one. */
export function checkIgnoredTypes(fields: readonly (readonly [string, unknown])[], parameters: Parameters): void {
  for (const [field, value] of fields) {
    const takes = Object.hasOwn(parameters, field) ? parameters[field]?.takes : undefined;
    if (takes !== undefined && !TAKEN[takes](value)) throw wrongType(field, value, takes);
  }
}

function wrongType(field: string, value: unknown, takes: PlainType): ApiError {
  return mismatchError(wrongValue([{ type: takes }], value, [field]));
}
