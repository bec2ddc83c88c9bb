import type { Static, TSchema } from "typebox";
import { Check } from "typebox/value";
import { findMismatch, type Mismatch } from "../../src/api/validation/mismatch.ts";
import { isNode } from "../../src/api/validation/schema-words.ts";

type Validated<T> = { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly [Mismatch] };

/** A value that fits a schema, or the one issue with it. */
export function validate<Schema extends TSchema>(schema: Schema, value: unknown): Validated<Static<Schema>> {
  if (Check(schema, value)) return { value };
  const found = isNode(schema) ? findMismatch(schema, value) : undefined;
  if (found === undefined) throw new Error("what is wrong was not found");
  return { issues: [found] };
}
