import {
  asValue,
  type Entry,
  type Format,
  FormatError,
  isTree,
  leavesOf,
  type Path,
  type Tree,
  unlessFaulty,
  type Value,
  valueAt,
} from "./format.ts";

/** A text with the entries set, and nothing else changed, which is checked. Throws FormatError. */
export function withEntries(format: Format, text: string, entries: readonly Entry[]): string {
  const before = format.parse(text);
  let result = text;
  for (const { path, value } of entries) {
    const present = valueAt(format.parse(result), path);
    if (value === undefined && present !== undefined) result = format.remove(result, path);
    if (value !== undefined && !Bun.deepEquals(present, value, true)) result = format.set(result, path, value);
  }
  const expected = entries.reduce(withEntry, before);
  // With the last setting of a table of TOML, the table may be gone.
  const compared = entries.some(({ value }) => value === undefined) ? withoutEmpty : (tree: unknown) => tree;
  if (Bun.deepEquals(compared(format.parse(result)), compared(expected))) return result;
  throw new FormatError("it is written in a way in which it cannot be changed safely");
}

function withoutEmpty(value: unknown): unknown {
  if (!isTree(value)) return value;
  const members = Object.entries(value).map(([name, inner]) => [name, withoutEmpty(inner)] as const);
  return Object.fromEntries(members.filter(([, inner]) => !isTree(inner) || Object.keys(inner).length > 0));
}

/** What a document shall mean once an entry is set. */
export function withEntry(tree: Tree, { path, value }: Entry): Tree {
  const changed = changedAt(tree, path, value);
  return isTree(changed) ? changed : tree;
}

function changedAt(node: unknown, [step, ...rest]: Path, value: Value | undefined): unknown {
  if (step === undefined) return value;
  if (Array.isArray(node)) {
    if (value === undefined && rest.length === 0) return node.toSpliced(Number(step), 1);
    return Object.assign([...node], { [step]: changedAt(node[Number(step)], rest, value) });
  }
  const object = isTree(node) ? node : {};
  // Nothing is made on the way to what is taken out.
  if (value === undefined && !Object.hasOwn(object, step)) return node;
  if (value === undefined && rest.length === 0) {
    return Object.fromEntries(Object.entries(object).filter(([name]) => name !== String(step)));
  }
  return { ...object, [step]: changedAt(object[step], rest, value) };
}

/** What a file shall be after `--undo`. */
export type Undone =
  /** Nothing of ours is in it. */
  | { readonly kind: "nothing" }
  /** It is as it was left: what was before comes back to the byte; undefined: there was no file. */
  | { readonly kind: "restored"; readonly text: string | undefined }
  /** It was changed since: our settings are taken out, and the rest stays. */
  | { readonly kind: "edited"; readonly text: string };

export type UndoInput = {
  readonly format: Format;
  readonly text: string;
  /** The text before the first change; undefined where there is none. */
  readonly backup: string | undefined;
  /** What a new file began with. */
  readonly blank: string;
  readonly own: (tree: Tree) => readonly Path[];
};

/** Throws FormatError. */
export function undo({ format, text, backup, blank, own }: UndoInput): Undone {
  const tree = format.parse(text);
  const paths = own(tree);
  if (paths.length === 0) return { kind: "nothing" };
  const entries = paths.flatMap((path) => leavesOf(path, valueAt(tree, path)));
  // An empty file was begun like one that was not there.
  const begun = backup === undefined || backup.trim() === "" ? blank : backup;
  // Editing is the same each time, so doing it again tells whether anything else was changed since.
  const again = unlessFaulty(
    () => withEntries(format, begun, entries),
    () => undefined,
  );
  if (again === text) return { kind: "restored", text: backup };
  // A backup that somebody broke tells nothing.
  const before: Tree = unlessFaulty(
    () => (backup === undefined ? {} : format.parse(backup)),
    () => ({}),
  );
  const restored = withEntries(format, text, paths.flatMap((path) => previous(path, tree, before)).toReversed());
  return { kind: "edited", text: withoutEmptied(format, restored, paths, before) };
}

/** What brings back what was at a path. */
function previous(path: Path, now: Tree, before: Tree): Entry[] {
  const old = valueAt(before, path);
  if (old === undefined) return [{ path, value: undefined }];
  if (!isTree(old)) return [{ path, value: asValue(old) }];
  const wanted = leavesOf(path, old);
  const surplus = leavesOf(path, valueAt(now, path)).filter(
    (leaf) => !wanted.some((each) => each.path.join("\0") === leaf.path.join("\0")),
  );
  return [...surplus.map((leaf) => ({ ...leaf, value: undefined })), ...wanted];
}

/** Takes out the objects that held nothing but ours, and were not there before. */
function withoutEmptied(format: Format, text: string, paths: readonly Path[], before: Tree): string {
  let result = text;
  const above = paths.flatMap((path) => path.slice(0, -1).map((_, depth) => path.slice(0, depth + 1)));
  for (const path of above.toSorted((a, b) => b.length - a.length)) {
    const value = valueAt(format.parse(result), path);
    const isEmpty = isTree(value) && Object.keys(value).length === 0;
    if (isEmpty && valueAt(before, path) === undefined)
      result = withEntries(format, result, [{ path, value: undefined }]);
  }
  return result;
}
