/** The test that shows what becomes of a field: its file, and its name as it is written there. */
export type ParameterTest = { readonly file: string; readonly name: string };

/** What the tests of a table know of one of its fields. */
export type Sample = {
  /** What a client may well send; of a field that is refused: what is not let through. */
  readonly value: unknown;
  /** What else must be in the body for the value to make sense. */
  readonly beside?: object;
  /** Of a field that is honoured or approximated; those that are ignored or refused are all shown by one test. */
  readonly test?: ParameterTest;
};

export type Samples = Readonly<Record<string, Sample>>;

/** The tests of a file, by their names. */
export const testsOf =
  (file: string) =>
  (name: string): ParameterTest => ({ file, name });

/** A field with a test of its own. */
export const shown = (test: ParameterTest, value: unknown, beside?: object): Sample => ({ value, beside, test });

/** A field that is ignored or refused. */
export const sent = (value: unknown): Sample => ({ value });
