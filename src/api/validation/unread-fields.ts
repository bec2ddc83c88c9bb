import { acceptedTypes, alternatives, isNode, jsonType, literalsOf, type SchemaNode } from "./schema-words.ts";

/** In the schema of a field that is checked but has no effect: the value, if any, that asks for nothing special. */
export const IGNORED_UNLESS = "x-ignored-unless";

/** In the schema of an object all of whose fields have their effect, also those that it does not name: a list of those that have none. */
export const READ_WHOLE = "x-read-whole";

/**
 * Where a value, which the schema accepts, says something within its fields that the schema does not name, or names as ignored:
 * `messages.content.cache_control`. Each place is told once, whichever of a list it is; the value's own fields are not judged.
 */
export function unreadFields(schema: SchemaNode, value: SchemaNode): string[] {
  const found = new Set<string>();
  for (const [name, content] of Object.entries(value)) collect(propertyOf(schema, name), content, name, found);
  return [...found];
}

function collect(schema: unknown, value: unknown, place: string, found: Set<string>): void {
  const branch = isNode(schema) ? alternatives(schema).find((candidate) => isMeant(candidate, value)) : undefined;
  if (branch === undefined) return;
  if (READ_WHOLE in branch) {
    const left = Array.isArray(branch[READ_WHOLE]) ? branch[READ_WHOLE] : [];
    for (const name of left) if (isNode(value) && isUnread(undefined, value[name])) found.add(`${place}.${name}`);
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) collect(branch.items, item, place, found);
  } else if (isNode(value) && isNode(branch.properties)) {
    for (const [name, content] of Object.entries(value)) {
      const own = propertyOf(branch, name);
      const inner = `${place}.${name}`;
      if (isUnread(own, content)) found.add(inner);
      else collect(own, content, inner, found);
    }
  }
}

function isUnread(schema: unknown, value: unknown): boolean {
  const saysNothing =
    value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  if (saysNothing) return false;
  if (!isNode(schema)) return true;
  return IGNORED_UNLESS in schema && value !== schema[IGNORED_UNLESS];
}

/** Whether this is the branch of a union that the value belongs to: one of its type, and of what its `role` or `type` says. */
export function isMeant(branch: SchemaNode, value: unknown): boolean {
  if (acceptedTypes(branch)?.includes(jsonType(value)) === false) return false;
  if (!isNode(value) || !isNode(branch.properties)) return true;
  return ["role", "type"].every((tag) => {
    const own = propertyOf(branch, tag);
    const literals = isNode(own) ? literalsOf(own) : undefined;
    if (literals === undefined) return fitsPattern(own, value[tag]);
    return Object.hasOwn(value, tag) ? literals.includes(value[tag]) : !isRequired(branch, tag);
  });
}

/** The kinds of tools that are not known by name are told apart by what their names look like. */
function fitsPattern(schema: unknown, value: unknown): boolean {
  if (!isNode(schema) || typeof schema.pattern !== "string" || typeof value !== "string") return true;
  return new RegExp(schema.pattern).test(value);
}

function isRequired({ required }: SchemaNode, name: string): boolean {
  return Array.isArray(required) && required.includes(name);
}

function propertyOf({ properties }: SchemaNode, name: string): unknown {
  return isNode(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
}
