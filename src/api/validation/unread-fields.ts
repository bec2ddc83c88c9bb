import { each, type Steps } from "../../core/pace.ts";
import { acceptedTypes, alternatives, isNode, jsonType, literalsOf, type SchemaNode } from "./schema-words.ts";

/** In the schema of a field that is checked but has no effect: the value, if any, that asks for nothing special. */
export const IGNORED_UNLESS = "x-ignored-unless";

/** In the schema of an object all of whose fields have their effect, also those that it does not name: a list of those that have none. */
export const READ_WHOLE = "x-read-whole";

/**
 * Where a value, which the schema accepts, says something within its fields that the schema does not name, or names as ignored:
 * `messages.content.cache_control`. Each place is told once, whichever of a list it is; the value's own fields are not judged.
 */
export function* unreadFields(schema: unknown, value: SchemaNode): Steps<string[]> {
  if (!isNode(schema)) return [];
  const found = new Set<string>();
  const branches = new Branches();
  for (const [name, content] of Object.entries(value)) {
    const own = propertyOf(schema, name);
    const items = Array.isArray(content) && isNode(own) ? itemsOf(branches.meant(own, content)) : undefined;
    if (items === undefined || !Array.isArray(content)) collect(own, content, name, found, branches);
    else yield* each(content, (item) => collect(items, item, name, found, branches));
  }
  return [...found];
}

/** What the members of a list are; undefined where they need not be looked at one by one. */
function itemsOf(list: SchemaNode | undefined): SchemaNode | undefined {
  return list && !(READ_WHOLE in list) && isNode(list.items) ? list.items : undefined;
}

function collect(schema: unknown, value: unknown, place: string, found: Set<string>, branches: Branches): void {
  if (typeof value !== "object" || value === null || !isNode(schema)) return;
  const branch = branches.meant(schema, value);
  if (branch === undefined) return;
  if (READ_WHOLE in branch) {
    const left = Array.isArray(branch[READ_WHOLE]) ? branch[READ_WHOLE] : [];
    for (const name of left) if (isNode(value) && isUnread(undefined, value[name])) found.add(`${place}.${name}`);
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) collect(branch.items, item, place, found, branches);
  } else if (isNode(value) && isNode(branch.properties)) {
    for (const name of Object.keys(value)) {
      const own = propertyOf(branch, name);
      const content = value[name];
      if (isUnread(own, content)) found.add(`${place}.${name}`);
      else if (typeof content === "object") collect(own, content, `${place}.${name}`, found, branches);
    }
  }
}

/** Clients send null for what they do not set, and forms an empty text or list. */
export function saysNothing(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

function isUnread(schema: unknown, value: unknown): boolean {
  if (saysNothing(value)) return false;
  if (!isNode(schema)) return true;
  return IGNORED_UNLESS in schema && value !== schema[IGNORED_UNLESS];
}

/** What tells whether a value belongs to a branch of a union. */
type Branch = {
  readonly schema: SchemaNode;
  readonly types: readonly string[] | undefined;
  readonly tags: readonly Tag[];
};
type Tag = {
  readonly name: string;
  readonly literals: readonly unknown[] | undefined;
  readonly pattern: RegExp | undefined;
  readonly isRequired: boolean;
};

/** Finds branches of unions. What it reads from a schema is kept, since lists ask for the same one again and again. */
export class Branches {
  readonly #read = new Map<SchemaNode, readonly Branch[]>();

  /** The branch of a union that the value belongs to: one of its type, and of what its `role` or `type` says. */
  meant(schema: SchemaNode, value: unknown): SchemaNode | undefined {
    const known = this.#read.get(schema);
    const branches = known ?? alternatives(schema).map(readBranch);
    if (known === undefined) this.#read.set(schema, branches);
    return branches.find((branch) => isMeant(branch, value))?.schema;
  }
}

function readBranch(schema: SchemaNode): Branch {
  const names = isNode(schema.properties) ? ["role", "type"] : [];
  return { schema, types: acceptedTypes(schema), tags: names.map((name) => readTag(schema, name)) };
}

function readTag(schema: SchemaNode, name: string): Tag {
  const own = propertyOf(schema, name);
  const literals = isNode(own) ? literalsOf(own) : undefined;
  // The kinds of tools that are not known by name are told apart by what their names look like.
  const pattern = isNode(own) && typeof own.pattern === "string" ? new RegExp(own.pattern) : undefined;
  const isRequired = Array.isArray(schema.required) && schema.required.includes(name);
  return { name, literals, pattern, isRequired };
}

function isMeant({ types, tags }: Branch, value: unknown): boolean {
  if (types?.includes(jsonType(value)) === false) return false;
  if (!isNode(value)) return true;
  return tags.every(({ name, literals, pattern, isRequired }) => {
    const said = value[name];
    if (literals === undefined) return pattern === undefined || typeof said !== "string" || pattern.test(said);
    return Object.hasOwn(value, name) ? literals.includes(said) : !isRequired;
  });
}

function propertyOf({ properties }: SchemaNode, name: string): unknown {
  return isNode(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
}
