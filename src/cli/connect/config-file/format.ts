/** The names and indices that lead from a document's root to a value. */
export type Path = readonly (string | number)[];

/** What a configuration file means. */
export type Tree = Readonly<Record<string, unknown>>;

export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** A setting as it shall be; undefined: it shall not be there. */
export type Entry = { readonly path: Path; readonly value: Value | undefined };

export type FormatName = "json5" | "jsonc" | "toml";

/** Texts of one kind, edited in place: what is not named stays as it is, to the byte. */
export type Format = {
  /** Throws FormatError. */
  readonly parse: (text: string) => Tree;
  /** Sets one value, and makes the objects around it where there are none. Throws FormatError. */
  readonly set: (text: string, path: Path, value: Value) => string;
  /** Takes out a value, or all that a branch holds. */
  readonly remove: (text: string, path: Path) => string;
  /** Every text value, in any order. Throws FormatError. */
  readonly strings: (text: string) => readonly StringPlace[];
};

/** Where a text value stands, with its quotation marks, as offsets. */
export type StringPlace = {
  readonly path: Path;
  readonly value: string;
  readonly start: number;
  readonly end: number;
};

/** A text that is not of its format, or in which something cannot be set. The message is a part of a sentence. */
export class FormatError extends Error {}

/** What some work gives; `otherwise` where a text is not of its format, or cannot be changed so. */
export function unlessFaulty<T, F>(work: () => T, otherwise: (error: FormatError) => F): T | F {
  try {
    return work();
  } catch (error) {
    if (error instanceof FormatError) return otherwise(error);
    throw error;
  }
}

/** The value at a path, undefined where there is none. */
export function valueAt(tree: unknown, path: Path): unknown {
  let value = tree;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Object.entries(value).find(([name]) => name === String(step))?.[1];
  }
  return value;
}

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Anything but a date of TOML's, which no setting of ours is, and which is left out here. */
export function asValue(value: unknown): Value | undefined {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null)
    return value;
  if (Array.isArray(value)) return value.map((each) => asValue(each) ?? null);
  if (!isTree(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asValue(inner) ?? null]));
}

/** The settings that a branch holds, in their order. */
export function leavesOf(path: Path, value: unknown): Entry[] {
  if (isTree(value)) return Object.entries(value).flatMap(([name, inner]) => leavesOf([...path, name], inner));
  return [{ path, value: asValue(value) }];
}
