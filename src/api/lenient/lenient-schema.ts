import { OversizedBody } from "../validation/oversized-body.ts";
import type { StandardSchema } from "../validation/standard-schema.ts";
import { coerceScalars } from "./coerce-scalars.ts";
import { Notes } from "./rewrite.ts";

/** A body that was taken, and what was left out of it or changed on the way, for the response header. */
type Taken<T> = { readonly body: T; readonly notes: readonly string[] };

/** Writes a body in the dialect's textbook form as far as its spelling is known, and leaves the rest for the schema to refuse. */
type Normalize = (body: unknown, notes: Notes) => unknown;

/** Checks a body once its spelling is the textbook's. A strict server takes no other spelling: it gets no `normalize`. */
export function lenientSchema<T>(
  schema: StandardSchema<T>,
  normalize: Normalize | undefined,
): StandardSchema<Taken<T>> {
  const { "~standard": own, documented } = schema;
  const validate = normalize ? coercing(schema)["~standard"].validate : own.validate;
  return {
    "~standard": {
      version: 1,
      vendor: "typebox",
      validate(given) {
        if (given instanceof OversizedBody) own.validate(given);
        const notes = new Notes();
        const { value: body } = validate(normalize ? normalize(given, notes) : given);
        return { value: { body, notes: notes.names } };
      },
    },
    documented,
  };
}

/** The same check, of a body that does not fit until its scalars are what they mean. */
export function coercing<T>({ "~standard": { validate }, documented }: StandardSchema<T>): StandardSchema<T> {
  return {
    "~standard": {
      version: 1,
      vendor: "typebox",
      validate(body) {
        try {
          return validate(body);
        } catch (refusal) {
          const coerced = coerceScalars(documented, body);
          if (coerced === body) throw refusal;
          return validate(coerced);
        }
      },
    },
    documented,
  };
}
