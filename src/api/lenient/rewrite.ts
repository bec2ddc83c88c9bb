import { type Fields, isJsonObject } from "../../core/json.ts";
import { atOnce, each, type Steps } from "../../core/pace.ts";

/** The list with what each member becomes; the list itself where all stay as they are. */
export function mapKept(
  list: readonly unknown[],
  change: (member: unknown, index: number) => unknown,
): readonly unknown[] {
  return atOnce(mapLongKept(list, change));
}

/** The same of a list that may be long. */
export function* mapLongKept(
  list: readonly unknown[],
  change: (member: unknown, index: number) => unknown,
): Steps<readonly unknown[]> {
  let changed: unknown[] | undefined;
  yield* each(list, (member, index) => {
    const became = change(member, index);
    if (became !== member) changed ??= [...list];
    if (changed) changed[index] = became;
  });
  return changed ?? list;
}

export function asFields(value: unknown): Fields {
  return isJsonObject(value) ? value : {};
}

/** The object with other values in some fields, and without those that become undefined; itself where all stay as they are. */
export function withFields(object: Fields, fields: Fields): Fields {
  if (Object.entries(fields).every(([name, value]) => object[name] === value)) return object;
  return Object.fromEntries(Object.entries({ ...object, ...fields }).filter(([, value]) => value !== undefined));
}

/**
 * What was left out of a request, or changed, while its spelling was made the textbook's: the names go into the response header, as
 * `messages.content.computer_call`. A mere other spelling is not named.
 */
export class Notes {
  readonly #names = new Set<string>();

  add(...names: readonly string[]): void {
    for (const name of names) this.#names.add(name);
  }

  get names(): readonly string[] {
    return [...this.#names];
  }
}
