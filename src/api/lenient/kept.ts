/** The list with what each member becomes; the list itself where all stay as they are. */
export function mapKept(
  list: readonly unknown[],
  change: (member: unknown, index: number) => unknown,
): readonly unknown[] {
  let changed: unknown[] | undefined;
  for (const [index, member] of list.entries()) {
    const became = change(member, index);
    if (became !== member) changed ??= [...list];
    if (changed) changed[index] = became;
  }
  return changed ?? list;
}

type Fields = Readonly<Record<string, unknown>>;

/** The object with other values in some fields, and without those that become undefined; itself where all stay as they are. */
export function withFields(object: Fields, fields: Fields): Fields {
  if (Object.entries(fields).every(([name, value]) => object[name] === value)) return object;
  return Object.fromEntries(Object.entries({ ...object, ...fields }).filter(([, value]) => value !== undefined));
}
