import type { Static, TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";

/** Tells whether a value is of a schema's type. */
export type Checker<S extends TSchema> = { readonly Check: (value: unknown) => value is Static<S> };

/**
 * A schema's check, compiled at its first use. Compiled when the program starts, all of them together took ten megabytes and as
 * many milliseconds, of which a run needs a part.
 */
export function lazyCheck<S extends TSchema>(schema: S): Checker<S> {
  let compiled: Validator<Record<never, never>, S> | undefined;
  return {
    Check: (value): value is Static<S> => {
      compiled ??= Compile(schema);
      return compiled.Check(value);
    },
  };
}
