import { findMismatch, fitting, LONG_LIST } from "../validation/mismatch.ts";
import { acceptedTypes, alternatives, isNode, literalsOf, type SchemaNode } from "../validation/schema-words.ts";
import { Branches } from "../validation/unread-fields.ts";

/**
 * A value whose numbers and switches are written as texts ("100", "True", or 1 for true) with what they mean, wherever the schema takes no
 * text; and without the nulls of fields that may be left out. What has no plain meaning stays, for the schema to refuse. The same
 * value, when nothing is to be coerced.
 */
export function coerceScalars(schema: SchemaNode, value: unknown): unknown {
  return new ScalarCoercer().coerce(schema, value);
}

class ScalarCoercer {
  readonly #branches = new Branches();
  readonly #checks = new Map<SchemaNode, (value: unknown) => boolean>();

  coerce(schema: SchemaNode, value: unknown): unknown {
    if (Array.isArray(value)) return this.#coerceItems(schema, value);
    return isNode(value) ? this.#coerceFields(schema, value) : coerceScalar(schema, value);
  }

  #coerceItems(schema: SchemaNode, items: readonly unknown[]): unknown {
    const own = this.#branches.meant(schema, items)?.items;
    if (!isNode(own)) return items;
    const fits = items.length < LONG_LIST ? undefined : this.#check(own);
    let coerced: unknown[] | undefined;
    for (const [index, item] of items.entries()) {
      if (fits?.(item)) continue;
      const became = this.coerce(own, item);
      if (became !== item) {
        coerced ??= [...items];
        coerced[index] = became;
      }
      // The whole is refused for this one: of many, the others are not worth the time.
      if (fits && !fits(became)) break;
    }
    return coerced ?? items;
  }

  #check(schema: SchemaNode): (value: unknown) => boolean {
    const check = this.#checks.get(schema) ?? fitting(schema);
    this.#checks.set(schema, check);
    return check;
  }

  #coerceFields(schema: SchemaNode, value: SchemaNode): unknown {
    const branch = this.#branches.meant(schema, value);
    const properties = isNode(branch?.properties) ? branch.properties : {};
    const required = Array.isArray(branch?.required) ? branch.required : [];
    const entries = Object.entries(value).flatMap(([name, content]): [string, unknown][] => {
      const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (!isNode(own)) return [[name, content]];
      const isUnset = content === null && !required.includes(name) && findMismatch(own, null) !== undefined;
      return isUnset ? [] : [[name, this.coerce(own, content)]];
    });
    const isSame = entries.length === Object.keys(value).length && entries.every(([name, own]) => own === value[name]);
    return isSame ? value : Object.fromEntries(entries);
  }
}

function coerceScalar(schema: SchemaNode, value: unknown): unknown {
  if (findMismatch(schema, value) === undefined || takesAnyText(schema)) return value;
  return meanings(value).find((meaning) => findMismatch(schema, meaning) === undefined) ?? value;
}

function takesAnyText(schema: SchemaNode): boolean {
  return alternatives(schema).some(
    (branch) => literalsOf(branch) === undefined && acceptedTypes(branch)?.includes("string") !== false,
  );
}

const SWITCHES: Readonly<Record<string, boolean>> = { true: true, false: false, "1": true, "0": false };

/** What a text or a number may stand for. */
function meanings(value: unknown): (number | boolean)[] {
  if (typeof value !== "string" && typeof value !== "number") return [];
  const text = `${value}`.trim().toLowerCase();
  const number = typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(text) ? [Number(text)] : [];
  const flag = Object.hasOwn(SWITCHES, text) ? SWITCHES[text] : undefined;
  return flag === undefined ? number : [...number, flag];
}
