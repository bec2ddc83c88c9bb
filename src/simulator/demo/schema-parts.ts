import { type ApiFields, isFields, listOf } from "../messages-body.ts";

/** Both schemas in one, as far as that is simple: properties and required names add up, of all else the second counts. */
export function mergeSchemas(schema: unknown, other: unknown): unknown {
  if (schema === false || other === false) return false;
  if (!isFields(schema)) return other;
  if (!isFields(other)) return schema;
  const both = { ...schema, ...other };
  if (isFields(schema.properties) && isFields(other.properties)) {
    Object.assign(both, { properties: { ...schema.properties, ...other.properties } });
  }
  for (const keyword of ["required", "allOf"]) {
    const [own, added] = [listOf(schema[keyword]), listOf(other[keyword])];
    if (own !== undefined && added !== undefined) Object.assign(both, { [keyword]: [...own, ...added] });
  }
  return both;
}

/** What a reference within the schema points to; anything is allowed where it points elsewhere. */
export function targetOf(reference: string, root: ApiFields): unknown {
  if (reference !== "#" && !reference.startsWith("#/")) return true;
  let target: unknown = root;
  for (const step of reference.split("/").slice(1)) {
    const name = decoded(step).replaceAll("~1", "/").replaceAll("~0", "~");
    const holder: unknown = target;
    if (Array.isArray(holder)) target = holder[Number(name)];
    else if (isFields(holder) && Object.hasOwn(holder, name)) target = holder[name];
    else return true;
  }
  return target;
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** The types that are allowed, or the one that the other keywords speak of. */
export function typesOf(schema: ApiFields): readonly unknown[] {
  if (schema.type !== undefined) return listOf(schema.type) ?? [schema.type];
  if ("properties" in schema || "required" in schema) return ["object"];
  if ("items" in schema || "prefixItems" in schema || "minItems" in schema) return ["array"];
  return ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"].some(
    (keyword) => keyword in schema,
  )
    ? ["number"]
    : ["string"];
}

export function hasType(value: unknown, type: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isFields(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
