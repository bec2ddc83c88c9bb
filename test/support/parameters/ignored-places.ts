import type { TSchema } from "typebox";
import { alternatives, isNode, type SchemaNode } from "../../../src/api/validation/schema-words.ts";
import { IGNORED_UNLESS } from "../../../src/api/validation/unread-fields.ts";

/** A place within a body's fields that is known to have no effect. */
export type IgnoredPlace = {
  readonly place: string;
  /** The types, or roles, of what it stands in; empty: there is only one kind. */
  readonly kinds: readonly string[];
  /** The value, if any, that is not told of. */
  readonly usual: unknown;
};

/** Every such place that a schema marks, each once. */
export function ignoredPlaces(schema: TSchema): IgnoredPlace[] {
  const found = new Map<string, { place: string; kinds: string[]; usual: unknown }>();
  collect(schema, "", undefined, (place, kind, usual) => {
    const { kinds = [] } = found.get(place) ?? {};
    found.set(place, { place, kinds: kind === undefined || kinds.includes(kind) ? kinds : [...kinds, kind], usual });
  });
  return [...found.values()];
}

type Tell = (place: string, kind: string | undefined, usual: unknown) => void;

function collect(schema: unknown, place: string, kind: string | undefined, tell: Tell): void {
  if (!isNode(schema)) return;
  if (IGNORED_UNLESS in schema) {
    tell(place, kind, schema[IGNORED_UNLESS]);
    return;
  }
  for (const branch of alternatives(schema)) {
    collect(branch.items, place, kind, tell);
    if (!isNode(branch.properties)) continue;
    const own = kindOf(branch.properties) ?? kind;
    for (const [name, content] of Object.entries(branch.properties)) {
      collect(content, place === "" ? name : `${place}.${name}`, own, tell);
    }
  }
}

function kindOf({ type, role }: SchemaNode): string | undefined {
  for (const tag of [type, role]) if (isNode(tag) && typeof tag.const === "string") return tag.const;
  return undefined;
}
