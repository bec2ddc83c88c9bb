import type { TSchema } from "typebox";
import { alternatives, isNode, literalsOf, type SchemaNode } from "../../../src/api/validation/schema-words.ts";
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
  collect(schema, "", [], (place, own, usual) => {
    const { kinds = [] } = found.get(place) ?? {};
    found.set(place, { place, kinds: [...new Set([...kinds, ...own])], usual });
  });
  return [...found.values()];
}

type Tell = (place: string, kinds: readonly string[], usual: unknown) => void;

function collect(schema: unknown, place: string, kinds: readonly string[], tell: Tell): void {
  if (!isNode(schema)) return;
  if (IGNORED_UNLESS in schema) {
    tell(place, kinds, schema[IGNORED_UNLESS]);
    return;
  }
  for (const branch of alternatives(schema)) {
    collect(branch.items, place, kinds, tell);
    if (!isNode(branch.properties)) continue;
    const own = kindsOf(branch.properties) ?? kinds;
    for (const [name, content] of Object.entries(branch.properties)) {
      collect(content, place === "" ? name : `${place}.${name}`, own, tell);
    }
  }
}

function kindsOf({ type, role }: SchemaNode): readonly string[] | undefined {
  const literals = [type, role]
    .map((tag) => (isNode(tag) ? literalsOf(tag) : undefined))
    .find((tag) => tag !== undefined);
  return literals?.map(String);
}
