import type { Static, TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { Errors } from "typebox/value";
import type { ApiError } from "../../core/error.ts";
import { inTurns, type Steps } from "../../core/pace.ts";
import { LongLists, restsFit } from "./long-lists.ts";
import { findMismatch, formatPath, type Mismatch, mismatchError } from "./mismatch.ts";
import { OversizedBody } from "./oversized-body.ts";
import { isNode, type SchemaNode } from "./schema-words.ts";

/** What Elysia takes as `body:`; https://standardschema.dev. It checks in turns with what else the server does. */
export type StandardSchema<T> = {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "typebox";
    readonly validate: (value: unknown) => Promise<{ readonly value: T }>;
    readonly types?: { readonly input: T; readonly output: T };
  };
  /** What is made of a value. Throws an ApiError for one that does not fit. */
  readonly check: (value: unknown) => Steps<T>;
  /** The same as a JSON Schema, for the description of the API. */
  readonly documented: SchemaNode;
};

/** A check in steps as a schema; `documented`: what it takes. */
export function schemaOf<T>(check: (value: unknown) => Steps<T>, documented: SchemaNode): StandardSchema<T> {
  const validate = async (value: unknown) => ({ value: await inTurns(check(value)) });
  return { "~standard": { version: 1, vendor: "typebox", validate }, check, documented };
}

/**
 * A TypeBox schema as an Elysia `body:`, compiled at its first use. Nothing is coerced, and fields that it does not name are kept. A body that does not fit THROWS an ApiError instead of
 * being returned as issues: out of issues Elysia makes an error that holds the whole body as indented JSON, which takes
 * seconds for a body nested deep and would carry prompts to wherever errors are printed. `documented` is what the description of
 * the API says of it, where that is more than the schema.
 */
export function standardSchema<Schema extends TSchema>(
  schema: Schema,
  documented: SchemaNode = isNode(schema) ? schema : {},
): StandardSchema<Static<Schema>> {
  let compiled: Validator<Record<never, never>, Schema> | undefined;
  const lists = new LongLists(schema);
  return schemaOf(function* (value) {
    if (value instanceof OversizedBody) throw refuse(schema, value);
    const validator = compiled ?? Compile(schema);
    compiled = validator;
    const { beginning, rests } = lists.part(value);
    const haveFit = yield* restsFit(rests);
    const fits = (_: unknown): _ is Static<Schema> => haveFit && validator.Check(beginning);
    if (fits(value)) return value;
    throw mismatchError(explain(schema, value));
  }, documented);
}

function refuse(schema: TSchema, oversized: OversizedBody): ApiError {
  const found = isNode(schema) ? findMismatch(schema, oversized.body) : undefined;
  return found ? mismatchError(found) : oversized.refusal();
}

function explain(schema: TSchema, value: unknown): Mismatch {
  const found = isNode(schema) ? findMismatch(schema, value) : undefined;
  if (found) return found;
  // A schema keyword that findMismatch does not read (a format, a refinement): TypeBox's own first word on it.
  const [error] = Errors(schema, value);
  const path = (error?.instancePath ?? "").split("/").slice(1).map(decodePointerStep);
  const where = path.length === 0 ? "the request body" : `'${formatPath(path)}'`;
  return { path, message: `Invalid value for ${where}: ${error?.message ?? "it does not fit what is expected"}.` };
}

/** A step of a JSON pointer; digits are taken for an array's index, the only numbers our schemas count by. */
function decodePointerStep(step: string): string | number {
  const text = step.replaceAll("~1", "/").replaceAll("~0", "~");
  return /^\d+$/.test(text) ? Number(text) : text;
}
