/** A JSON Schema as TypeBox writes it, read without trusting its shape. */
export type SchemaNode = Readonly<Record<string, unknown>>;

export function isNode(value: unknown): value is SchemaNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function nodesOf(value: unknown): SchemaNode[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The alternatives of a union, nested unions opened up; a schema that is no union is its own only alternative. */
export function alternatives(schema: SchemaNode): SchemaNode[] {
  return Array.isArray(schema.anyOf) ? nodesOf(schema.anyOf).flatMap(alternatives) : [schema];
}

/** The fixed values a schema allows, when it allows nothing else. */
export function literalsOf(schema: SchemaNode): readonly unknown[] | undefined {
  if ("const" in schema) return [schema.const];
  if (Array.isArray(schema.enum)) return schema.enum;
  const branches = alternatives(schema);
  if (branches.length === 1 && branches[0] === schema) return undefined;
  const literals = branches.map(literalsOf);
  return literals.every((branch) => branch !== undefined) ? literals.flat() : undefined;
}

export function jsonType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

/** The JSON types a schema node takes, integers counted as numbers; undefined when it does not say. */
export function acceptedTypes(schema: SchemaNode): readonly string[] | undefined {
  const literals = literalsOf(schema);
  if (literals) return literals.map(jsonType);
  if (typeof schema.type !== "string") return undefined;
  return [schema.type === "integer" ? "number" : schema.type];
}

const SHORT = 40;

/** What a client sent, in a few words: the value itself when it is a short scalar. */
export function describeValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value !== "string") return value === null ? "null" : `the ${typeof value} ${String(value)}`;
  return value.length <= SHORT ? `the string ${JSON.stringify(value)}` : `a string of ${value.length} characters`;
}

/** What would be accepted, in words: `a string, an array or null`, `one of "low", "high"`. */
export function describeExpected(schemas: readonly SchemaNode[]): string {
  const branches = schemas.flatMap(alternatives);
  const literals = branches.flatMap((branch) => (branch.type === "null" ? [] : (literalsOf(branch) ?? [])));
  const others = branches.filter((branch) => branch.type === "null" || literalsOf(branch) === undefined);
  const quoted = [...new Set(literals.map((literal) => JSON.stringify(literal)))];
  const fixed = quoted.length > 1 ? [`one of ${quoted.join(", ")}`] : quoted;
  return joinWords([...fixed, ...new Set(others.map(describeKind))]);
}

function describeKind(schema: SchemaNode): string {
  switch (schema.type) {
    case "array":
      return `an array${sizeLimit(schema.minItems, schema.maxItems, "item")}`;
    case "string":
      return `a string${sizeLimit(schema.minLength, schema.maxLength, "character")}${stringForm(schema)}`;
    case "integer":
      return `an integer${range(schema)}`;
    case "number":
      return `a number${range(schema)}`;
    case "boolean":
      return "a boolean";
    case "object":
      return "an object";
    case "null":
      return "null";
    default:
      return "another value";
  }
}

function stringForm(schema: SchemaNode): string {
  if (typeof schema.description === "string") return ` (${schema.description})`;
  return schema.pattern === undefined ? "" : ` matching ${String(schema.pattern)}`;
}

function range({ minimum, maximum }: SchemaNode): string {
  if (minimum === undefined) return maximum === undefined ? "" : ` of at most ${String(maximum)}`;
  return maximum === undefined ? ` of at least ${String(minimum)}` : ` from ${String(minimum)} to ${String(maximum)}`;
}

function sizeLimit(least: unknown, most: unknown, unit: string): string {
  const plural = (count: unknown) => `${String(count)} ${unit}${count === 1 ? "" : "s"}`;
  const words = [
    ...(least === undefined ? [] : [`at least ${plural(least)}`]),
    ...(most === undefined ? [] : [`at most ${plural(most)}`]),
  ];
  return words.length === 0 ? "" : ` of ${words.join(" and ")}`;
}

function joinWords(words: readonly string[]): string {
  const last = words.at(-1) ?? "nothing";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}
