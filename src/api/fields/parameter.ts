/**
 * What becomes of a request field. `honoured`: does what the dialect's documentation says. `approximated`: close to it, as the
 * note says. `ignored`: accepted, without effect, and named in the response header. `refused`: 400, since leaving it out would
 * silently change what the answer means.
 */
export type Treatment = "honoured" | "approximated" | "ignored" | "refused";

/** The type of a field without effect, where it has a plain one. */
export type PlainType = "number" | "boolean" | "string" | "object";

export type Parameter = {
  readonly treatment: Treatment;
  readonly note: string;
  /** A value that asks for nothing special: not worth a mention in the header. */
  readonly neutral?: unknown;
  /** Of one that is ignored: another type is a 400 all the same. */
  readonly takes?: PlainType;
};

export const honoured = (note: string): Parameter => ({ treatment: "honoured", note });
export const approximated = (note: string): Parameter => ({ treatment: "approximated", note });
export const refused = (note: string): Parameter => ({ treatment: "refused", note });
export const withoutEffect = (note: string, takes?: PlainType, neutral?: unknown): Parameter => ({
  treatment: "ignored",
  note,
  ...(takes === undefined ? {} : { takes }),
  ...(neutral === undefined ? {} : { neutral }),
});

/** The model, in every dialect. */
export const MODEL_PARAMETER: Parameter = honoured(
  "Any name that `GET /v1/models` lists, with or without a provider prefix; left out or empty, that of `--default-model`.",
);

/** Why what steers sampling is ignored, in every dialect. */
export const NO_SAMPLING = "Claude has no such control, or none that can be set here.";

/** What a limit of the answer's tokens means for thinking, in every dialect. */
export const COUNTS_THINKING =
  "Counts thinking too; up to 1,024, and without an effort that is asked for, the model thinks as little as it can.";

/** What becomes of each field of a dialect's request: the table of the documentation, and of the response header, in one place. */
export type Parameters = Readonly<Record<string, Parameter>>;
