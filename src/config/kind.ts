import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { Pointer } from "typebox/value";

/** How one kind of setting is written, read and judged; the schema is the judge whatever source a value comes from. */
export type Kind<T> = {
  /** How many values its flag takes: a switch none, a list any number. */
  readonly takes: "none" | "one" | "many";
  /** What one written value must be, to follow "must be". */
  readonly accepts: string;
  /** The same for the native value in the configuration file. */
  readonly acceptsJson: string;
  /** The only values there are, where that is so. */
  readonly choices?: readonly string[];
  readonly schema: TSchema;
  /** The native value that texts stand for. A text that stands for none is returned itself, for the schema to refuse. */
  fromText(texts: readonly string[]): unknown;
  check(candidate: unknown): Checked<T>;
};

type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export type Refusal = {
  /** The value itself, or the part of it that is wrong. */
  readonly offender: unknown;
  /** A reason worth more than the kind's `accepts`. */
  readonly explanation?: string;
};

type KindDefinition<S extends TSchema> = Omit<Kind<Static<S>>, "schema" | "check"> & {
  /** Brings an accepted value into the one form the program compares with. */
  normalize?(value: Static<S>): Static<S>;
};

export function defineKind<S extends TSchema>(schema: S, definition: KindDefinition<S>): Kind<Static<S>> {
  const { normalize = (value) => value, ...rest } = definition;
  return {
    ...rest,
    schema,
    check(candidate) {
      // Compiled on demand: most settings are absent most of the time, and the start should stay fast.
      const validator = Compile(schema);
      if (validator.Check(candidate)) return { ok: true, value: normalize(candidate) };
      return { ok: false, refusal: firstRefusal(validator.Errors(candidate), candidate) };
    },
  };
}

type SchemaError = { readonly keyword: string; readonly instancePath: string; readonly message: string };

/** The first thing a schema found wrong. A refinement's message is our own explanation; the built-in ones are not for people. */
export function firstRefusal(errors: readonly SchemaError[], root: unknown): Refusal {
  const error = errors[0];
  if (error === undefined) return { offender: root };
  const offender = error.instancePath === "" ? root : Pointer.Get(root, error.instancePath);
  return error.keyword === "~refine" && error.message !== "" ? { offender, explanation: error.message } : { offender };
}
