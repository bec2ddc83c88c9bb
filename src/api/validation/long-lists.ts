import { each, type Steps } from "../../core/pace.ts";
import { fitting, LONG_LIST } from "./mismatch.ts";
import { alternatives, isNode, type SchemaNode } from "./schema-words.ts";

/** What is left of a value's long lists, and what their members must be. */
type Rest = { readonly members: readonly unknown[]; readonly fits: (member: unknown) => boolean };

type Parted = {
  /** The value, its long lists with their beginnings alone. */
  readonly beginning: unknown;
  readonly rests: readonly Rest[];
};

/** What a schema says of more than members and how few there may be is about a list as a whole. */
const OF_WHOLE_LISTS = ["maxItems", "uniqueItems", "contains", "prefixItems", "unevaluatedItems"];

/** Parts the long lists in the fields of an object, so that they can be checked member by member, with pauses. */
export class LongLists {
  readonly #properties: SchemaNode;
  readonly #checks = new Map<string, Rest["fits"]>();

  constructor(schema: unknown) {
    this.#properties = isNode(schema) && isNode(schema.properties) ? schema.properties : {};
  }

  part(value: unknown): Parted {
    if (!isNode(value)) return { beginning: value, rests: [] };
    const beginnings: [string, unknown][] = [];
    const rests: Rest[] = [];
    for (const [name, list] of Object.entries(value)) {
      const fits = Array.isArray(list) && list.length > 2 * LONG_LIST ? this.#checkOf(name) : undefined;
      if (fits === undefined || !Array.isArray(list)) continue;
      beginnings.push([name, list.slice(0, LONG_LIST)]);
      rests.push({ members: list.slice(LONG_LIST), fits });
    }
    return { beginning: rests.length === 0 ? value : { ...value, ...Object.fromEntries(beginnings) }, rests };
  }

  /** Undefined: the field's list cannot be parted. */
  #checkOf(name: string): Rest["fits"] | undefined {
    const property = Object.hasOwn(this.#properties, name) ? this.#properties[name] : undefined;
    const [list, ...others] = isNode(property) ? alternatives(property).filter(({ type }) => type === "array") : [];
    if (list === undefined || !isNode(list.items) || others.length > 0) return undefined;
    if (OF_WHOLE_LISTS.some((word) => word in list)) return undefined;
    const check = this.#checks.get(name) ?? fitting(list.items);
    this.#checks.set(name, check);
    return check;
  }
}

/** Whether what is left of the lists fits. */
export function* restsFit(rests: readonly Rest[]): Steps<boolean> {
  let all = true;
  for (const { members, fits } of rests) yield* each(members, (member) => (all &&= fits(member)));
  return all;
}
