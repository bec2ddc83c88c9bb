import { type Betas, isOpen } from "../betas.ts";
import { type ApiFields, isFields, listOf } from "../messages-body.ts";
import { CUSTOM, TOOLS, toolTypes } from "../tool-shapes.ts";
import {
  firstProblem,
  flagProblem,
  listProblem,
  type Problem,
  shapeProblem,
  toolNameProblem,
  unknownTagProblem,
} from "./refuse-fields.ts";

const PROPERTY_NAME = /^[a-zA-Z0-9_.-]{1,64}$/;
const COMPOSITIONS = ["oneOf", "allOf", "anyOf"];
const CHOICES = ["auto", "any", "tool", "none"];

/** The tools that the model is offered. */
export function toolsProblem(tools: unknown, betas: Betas): Problem {
  if (tools === undefined) return undefined;
  return (
    listProblem("tools", tools, (place, tool) => toolProblem(place, tool, betas)) ??
    duplicateNameProblem(listOf(tools) ?? [])
  );
}

/** Whether, and which of the offered tools, the model must call. */
export function toolChoiceProblem({ tool_choice: choice, tools, thinking }: ApiFields): Problem {
  if (choice === undefined) return undefined;
  if (!isFields(choice)) return "tool_choice: Input should be an object";
  const { type, name, disable_parallel_tool_use: isParallelOff } = choice;
  if (typeof type !== "string" || !CHOICES.includes(type)) return unknownTagProblem("tool_choice", type, CHOICES);
  const flag = flagProblem(`tool_choice.${type}.disable_parallel_tool_use`, isParallelOff);
  if (flag !== undefined || (type !== "any" && type !== "tool")) return flag;
  const offered = (listOf(tools) ?? []).filter(isFields).map((tool) => tool.name);
  if (type === "any" && offered.length === 0) return "tool_choice.any may only be specified while providing tools";
  if (type === "tool") {
    const problem = toolNameProblem("tool_choice.tool.name", name);
    if (problem !== undefined) return problem;
    if (!offered.includes(name)) return `Tool '${String(name)}' not found in provided tools`;
  }
  const hasBudget = isFields(thinking) && thinking.type === "enabled";
  return hasBudget ? "Thinking may not be enabled when tool_choice forces tool use." : undefined;
}

function toolProblem(place: string, tool: ApiFields, betas: Betas): Problem {
  const { type } = tool;
  // A type names one of the API's own tools, which has no schema; "custom" is what a tool without a type is.
  if (type !== undefined && type !== null && type !== "custom") return ownToolProblem(place, tool, betas);
  const custom = `${place}.custom`;
  const { description, input_schema: schema } = tool;
  const problem = toolNameProblem(`${custom}.name`, tool.name);
  if (problem !== undefined) return problem;
  if (description !== undefined && typeof description !== "string") {
    return `${custom}.description: Input should be a valid string`;
  }
  return schemaProblem(`${custom}.input_schema`, schema) ?? shapeProblem(custom, tool, CUSTOM);
}

/** One of the API's own tools. */
function ownToolProblem(place: string, tool: ApiFields, betas: Betas): Problem {
  const { type, name } = tool;
  const shape = typeof type === "string" ? TOOLS.get(type) : undefined;
  if (shape === undefined || !isOpen(shape.gate, betas)) return unknownTagProblem(place, type, toolTypes(betas));
  if (shape.name !== undefined && name !== undefined && name !== shape.name) {
    return `${place}.${String(type)}.name: Input should be '${shape.name}'`;
  }
  return shapeProblem(`${place}.${String(type)}`, tool, shape);
}

function schemaProblem(place: string, schema: unknown): Problem {
  if (schema === undefined) return `${place}: Field required`;
  if (!isFields(schema)) return `${place}: Input should be an object`;
  if (schema.type === undefined) return `${place}.type: Field required`;
  if (schema.type !== "object") return `${place}.type: Input should be 'object'`;
  if (COMPOSITIONS.some((keyword) => keyword in schema)) {
    return `${place}: input_schema does not support oneOf, allOf, or anyOf at the top level`;
  }
  const names = isFields(schema.properties) ? Object.keys(schema.properties) : [];
  if (names.every((name) => PROPERTY_NAME.test(name))) return jsonSchemaProblem(place, schema);
  return `${place}.properties: Property keys should match pattern '${PROPERTY_NAME.source}'`;
}

function duplicateNameProblem(tools: readonly unknown[]): Problem {
  const seen = new Set<unknown>();
  return firstProblem(tools.filter(isFields), ({ name }) => {
    if (name === undefined) return undefined;
    if (seen.has(name)) return "tools: Tool names must be unique.";
    seen.add(name);
    return undefined;
  });
}

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
function jsonSchemaProblem(place: string, schema: ApiFields): Problem {
  const isLeftOut = ([name, value]: [string, unknown]) =>
    value === undefined || (value === null && (name === "properties" || name === "required"));
  const kept = Object.fromEntries(Object.entries(schema).filter((entry) => !isLeftOut(entry)));
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
