import type { Steps } from "../../core/pace.ts";
import { OversizedBody } from "../validation/oversized-body.ts";
import { type StandardSchema, schemaOf } from "../validation/standard-schema.ts";
import { coerceScalars } from "./coerce-scalars.ts";
import { Notes } from "./rewrite.ts";

/** A body that was taken, and what was left out of it or changed on the way, for the response header. */
type Taken<T> = { readonly body: T; readonly notes: readonly string[] };

/** Writes a body in the dialect's textbook form as far as its spelling is known, and leaves the rest for the schema to refuse. */
type Normalize = (body: unknown, notes: Notes) => Steps<unknown>;

/** Of a body that has no long lists. */
export function inOneStep(normalize: (body: unknown) => unknown): Normalize {
  return function* (body) {
    yield* [];
    return normalize(body);
  };
}

/** Checks a body once its spelling is the textbook's. A strict server takes no other spelling: it gets no `normalize`. */
export function lenientSchema<T>(
  schema: StandardSchema<T>,
  normalize: Normalize | undefined,
): StandardSchema<Taken<T>> {
  const coerced = coercing(schema);
  return schemaOf(function* (given) {
    const notes = new Notes();
    const body =
      normalize === undefined || given instanceof OversizedBody
        ? yield* schema.check(given)
        : yield* coerced.check(yield* normalize(given, notes));
    return { body, notes: notes.names };
  }, schema.documented);
}

/** The same check, of a body that does not fit until its scalars are what they mean. */
export function coercing<T>({ check, documented }: StandardSchema<T>): StandardSchema<T> {
  return schemaOf(function* (body) {
    try {
      return yield* check(body);
    } catch (refusal) {
      const coerced = coerceScalars(documented, body);
      if (coerced === body) throw refusal;
      return yield* check(coerced);
    }
  }, documented);
}
