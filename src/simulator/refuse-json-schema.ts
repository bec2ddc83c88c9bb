import { type ApiFields, isFields, listOf } from "./messages-body.ts";
import type { Problem } from "./refuse-fields.ts";

// What is a JSON Schema at all: the meta-schema of draft 2020-12 (https://json-schema.org/draft/2020-12/schema), keyword by keyword. A
// keyword that it does not have says nothing and is taken.

const TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"];

type Check = (value: unknown) => boolean;

const isString: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isFlag: Check = (value) => typeof value === "boolean";
const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
const isList: Check = Array.isArray;
const isNames: Check = (value) => isListOf(value, isString) && isDistinct(value);
const isSchemas: Check = (value) => isListOf(value, isJsonSchema) && (listOf(value)?.length ?? 0) > 0;
const isSchemaMap: Check = (value) => isFields(value) && Object.values(value).every(isJsonSchema);
const isType: Check = (value) => TYPES.includes(String(value)) && typeof value === "string";
const isTypes: Check = (value) =>
  isType(value) || (isListOf(value, isType) && isDistinct(value) && (listOf(value)?.length ?? 0) > 0);

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ...each("$anchor $comment $dynamicAnchor $dynamicRef $id $ref $schema title description format pattern", isString),
  ...each("contentEncoding contentMediaType", isString),
  ...each("maximum exclusiveMaximum minimum exclusiveMinimum", isNumber),
  ...each("maxLength minLength maxItems minItems maxContains minContains maxProperties minProperties", isCount),
  ...each("uniqueItems deprecated readOnly writeOnly", isFlag),
  ...each("enum examples", isList),
  ...each("allOf anyOf oneOf prefixItems", isSchemas),
  ...each("additionalProperties contains contentSchema else if items not propertyNames then", isJsonSchema),
  ...each("unevaluatedItems unevaluatedProperties", isJsonSchema),
  ...each("$defs definitions dependentSchemas patternProperties properties", isSchemaMap),
  ["multipleOf", (value) => typeof value === "number" && value > 0],
  ["required", isNames],
  ["type", isTypes],
  ["dependentRequired", (value) => isFields(value) && Object.values(value).every(isNames)],
]);

/** Whether the value is a schema by draft 2020-12. */
function isJsonSchema(value: unknown): boolean {
  if (typeof value === "boolean") return true;
  if (!isFields(value)) return false;
  return Object.entries(value).every(([keyword, content]) => CHECKS.get(keyword)?.(content) ?? true);
}

/** The schema of a client's tool. Its `properties` and `required` may be null. */
export function jsonSchemaProblem(place: string, schema: ApiFields): Problem {
  const { properties, required, ...others } = schema;
  const given = {
    ...others,
    ...(properties === null ? {} : { properties }),
    ...(required === null ? {} : { required }),
  };
  const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  if (isJsonSchema(kept)) return undefined;
  return (
    `${place}: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). ` +
    "Learn more about tool use at https://docs.claude.com/en/docs/tool-use."
  );
}

function each(keywords: string, check: Check): [string, Check][] {
  return keywords.split(" ").map((keyword) => [keyword, check]);
}

function isListOf(value: unknown, check: Check): boolean {
  return listOf(value)?.every(check) ?? false;
}

function isDistinct(value: unknown): boolean {
  const list = listOf(value) ?? [];
  return new Set(list).size === list.length;
}
