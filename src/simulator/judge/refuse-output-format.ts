import { type ApiFields, isFields, listOf } from "../messages-body.ts";
import { extraProblem, firstProblem, type Problem, stringProblem } from "./refuse-fields.ts";

// The schemas that an answer is held to while it is written: `output_config.format`, and tools that are `strict`. What they may hold is from
// Anthropic's "Structured outputs" (JSON Schema limitations, complexity limits); the words are those of answers that others published.

const MAX_STRICT_TOOLS = 20;
const MAX_OPTIONAL = 24;
const MAX_UNIONS = 16;
const FORMATS = ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];
const NUMBER = ["exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"];

/** What a type may not be narrowed by. */
const UNSUPPORTED: Readonly<Record<string, readonly string[]>> = {
  number: NUMBER,
  integer: NUMBER,
  string: ["maxLength", "minLength"],
  array: ["contains", "maxContains", "maxItems", "minContains", "prefixItems", "uniqueItems"],
  object: ["maxProperties", "minProperties", "patternProperties", "propertyNames"],
};
const WORDS = ["oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas"];
/** Assertions that a grammar cannot keep. */
const HARD_PATTERN = /\(\?[=!<]|\\[1-9bB]/;

/** What is counted over all schemas of a request. */
type Complexity = { optional: number; unions: number };

export function outputFormatProblem({ output_config: config, output_format: older, tools }: ApiFields): Problem {
  const complexity: Complexity = { optional: 0, unions: 0 };
  const strict = (listOf(tools) ?? []).map((tool, index) => ({ tool, index })).filter(({ tool }) => isStrict(tool));
  return (
    formatProblem("output_config.format", isFields(config) ? config.format : undefined, complexity) ??
    formatProblem("output_format", older, complexity) ??
    firstProblem(strict, ({ tool, index }) => {
      const schema = isFields(tool) ? tool.input_schema : undefined;
      return isFields(schema) ? schemaProblem(`tools.${index}.custom`, schema, complexity) : undefined;
    }) ??
    complexityProblem(complexity, strict.length)
  );
}

function isStrict(tool: unknown): boolean {
  return isFields(tool) && tool.strict === true && (tool.type ?? "custom") === "custom";
}

function formatProblem(place: string, format: unknown, complexity: Complexity): Problem {
  if (format === undefined || format === null) return undefined;
  if (!isFields(format)) return `${place}: Input should be an object`;
  if (format.type !== "json_schema")
    return stringProblem(`${place}.type`, format.type) ?? `${place}.type: Input should be 'json_schema'`;
  const extra = extraProblem(place, format, ["type", "schema"]);
  if (extra !== undefined) return extra;
  if (format.schema === undefined) return `${place}.schema: Field required`;
  if (!isFields(format.schema)) return `${place}.schema: Input should be an object`;
  return schemaProblem(`${place}.schema`, format.schema, complexity);
}

function schemaProblem(place: string, schema: ApiFields, complexity: Complexity): Problem {
  const problem = circleProblem(schema) ?? nodeProblem(schema, complexity);
  return problem === undefined ? undefined : `${place}: ${problem}`;
}

function nodeProblem(schema: unknown, complexity: Complexity): Problem {
  if (!isFields(schema)) return undefined;
  const types = listOf(schema.type) ?? [schema.type];
  if (types.length > 1 || Array.isArray(schema.anyOf)) complexity.unions++;
  return (
    wordProblem(schema) ??
    firstProblem(types, (type) => typeProblem(String(type), schema)) ??
    ("properties" in schema && schema.type === undefined ? typeProblem("object", schema) : undefined) ??
    (isFields(schema.properties) ? propertiesProblem(schema, schema.properties, complexity) : undefined) ??
    firstProblem(childrenOf(schema), (child) => nodeProblem(child, complexity))
  );
}

function wordProblem(schema: ApiFields): Problem {
  const word = WORDS.find((name) => name in schema);
  if (word !== undefined) return `Schema type '${word}' is not supported`;
  if (typeof schema.$ref === "string" && !schema.$ref.startsWith("#")) return "External references are not supported";
  const isComplex = listOf(schema.enum)?.some((value) => typeof value === "object" && value !== null) ?? false;
  return isComplex ? "Enum values must be strings, numbers, booleans or null" : undefined;
}

function typeProblem(type: string, schema: ApiFields): Problem {
  const found = (UNSUPPORTED[type] ?? []).filter((name) => name in schema);
  if (found.length === 1) return `For '${type}' type, property '${found[0]}' is not supported`;
  if (found.length > 1) return `For '${type}' type, properties ${found.join(", ")} are not supported`;
  switch (type) {
    case "object":
      return schema.additionalProperties === false
        ? undefined
        : "For 'object' type, 'additionalProperties' must be explicitly set to false";
    case "array":
      return [undefined, 0, 1].some((few) => few === schema.minItems)
        ? undefined
        : `For 'array' type, 'minItems' values other than 0 or 1 are not supported (got: [${String(schema.minItems)}, ∞])`;
    case "string":
      return stringSchemaProblem(schema);
    default:
      return undefined;
  }
}

function stringSchemaProblem({ format, pattern }: ApiFields): Problem {
  if (format !== undefined && !FORMATS.includes(String(format))) {
    return `For 'string' type, format '${String(format)}' is not supported`;
  }
  return HARD_PATTERN.test(String(pattern ?? "")) ? "For 'string' type, the pattern is not supported" : undefined;
}

function propertiesProblem(schema: ApiFields, properties: ApiFields, complexity: Complexity): Problem {
  const required = listOf(schema.required) ?? [];
  complexity.optional += Object.keys(properties).filter((name) => !required.includes(name)).length;
  return firstProblem(Object.values(properties), (property) => nodeProblem(property, complexity));
}

/** The schemas within one, without its properties. */
function childrenOf(schema: ApiFields): unknown[] {
  const { items, anyOf, allOf, $defs, definitions } = schema;
  const named = [$defs, definitions].filter(isFields).flatMap((defs) => Object.values(defs));
  return [items, ...(listOf(anyOf) ?? []), ...(listOf(allOf) ?? []), ...named];
}

/** A definition that leads back to itself. */
function circleProblem(root: ApiFields): Problem {
  const definitions = {
    ...(isFields(root.definitions) ? root.definitions : {}),
    ...(isFields(root.$defs) ? root.$defs : {}),
  };
  const ended = new Set<string>();
  const walk = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path, name];
    if (ended.has(name)) return undefined;
    for (const next of referredIn(name === "#" ? root : definitions[name])) {
      const circle = walk(next, [...path, name]);
      if (circle !== undefined) return circle;
    }
    ended.add(name);
    return undefined;
  };
  for (const name of ["#", ...Object.keys(definitions)]) {
    const circle = walk(name, []);
    if (circle === undefined) continue;
    return (
      `Invalid schema: Circular reference detected in schema definitions: ${circle.slice(circle.indexOf(circle.at(-1) ?? "")).join(" -> ")}. ` +
      "Self-referencing or mutually-referencing definitions are not supported."
    );
  }
  return undefined;
}

/** The names of the definitions that a schema refers to, but not those that its own definitions do. */
function referredIn(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(referredIn);
  if (!isFields(schema)) return [];
  const { $ref: reference, $defs: _, definitions: __, ...others } = schema;
  const own =
    typeof reference === "string"
      ? reference === "#"
        ? ["#"]
        : [reference.replace(/^#\/(?:\$defs|definitions)\//, "")]
      : [];
  return [...own, ...Object.values(others).flatMap(referredIn)];
}

function complexityProblem({ optional, unions }: Complexity, strictTools: number): Problem {
  if (strictTools > MAX_STRICT_TOOLS)
    return `Too many strict tools (${strictTools}). The maximum is ${MAX_STRICT_TOOLS}.`;
  if (optional > MAX_OPTIONAL) {
    return (
      `Schemas contains too many optional parameters (${optional}), which would make grammar compilation inefficient. ` +
      `Reduce the number of optional parameters in your tool schemas (limit: ${MAX_OPTIONAL}).`
    );
  }
  if (unions <= MAX_UNIONS) return undefined;
  return (
    `Schemas contains too many parameters with union types (${unions} parameters with type arrays or anyOf). This causes ` +
    `exponential compilation cost. Reduce the number of nullable or union-typed parameters (limit: ${MAX_UNIONS} parameters with unions).`
  );
}
