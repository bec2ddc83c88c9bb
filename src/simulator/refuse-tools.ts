import { type ApiFields, isFields, listOf } from "./messages-body.ts";
import { firstProblem, listProblem, type Problem, toolNameProblem, unknownTagProblem } from "./refuse-fields.ts";

const PROPERTY_NAME = /^[a-zA-Z0-9_.-]{1,64}$/;
const COMPOSITIONS = ["oneOf", "allOf", "anyOf"];
const CHOICES = ["auto", "any", "tool", "none"];

/** The tools that the model is offered. */
export function toolsProblem(tools: unknown): Problem {
  if (tools === undefined) return undefined;
  return listProblem("tools", tools, toolProblem) ?? duplicateNameProblem(listOf(tools) ?? []);
}

/** Whether, and which of the offered tools, the model must call. */
export function toolChoiceProblem({ tool_choice: choice, tools, thinking }: ApiFields): Problem {
  if (choice === undefined) return undefined;
  if (!isFields(choice)) return "tool_choice: Input should be a valid dictionary";
  const { type, name, disable_parallel_tool_use: isParallelOff } = choice;
  if (typeof type !== "string" || !CHOICES.includes(type)) return unknownTagProblem("tool_choice", type, CHOICES);
  if (isParallelOff !== undefined && typeof isParallelOff !== "boolean") {
    return `tool_choice.${type}.disable_parallel_tool_use: Input should be a valid boolean`;
  }
  if (type !== "any" && type !== "tool") return undefined;
  const offered = (listOf(tools) ?? []).filter(isFields).map((tool) => tool.name);
  if (offered.length === 0) return "tool_choice: `tool_choice` may only be specified while providing `tools`";
  if (type === "tool") {
    const problem = toolNameProblem("tool_choice.tool.name", name);
    if (problem !== undefined) return problem;
    if (!offered.includes(name)) return `tool_choice: Tool '${String(name)}' not found in provided tools`;
  }
  const hasBudget = isFields(thinking) && thinking.type === "enabled";
  return hasBudget ? "Thinking may not be enabled when tool_choice forces tool use." : undefined;
}

function toolProblem(place: string, tool: ApiFields): Problem {
  const { type } = tool;
  // A type names one of the API's own tools, which has no schema; "custom" is what a tool without a type is.
  if (type !== undefined && type !== null && type !== "custom") return toolNameProblem(`${place}.name`, tool.name);
  const custom = `${place}.custom`;
  const { description, input_schema: schema } = tool;
  const problem = toolNameProblem(`${custom}.name`, tool.name);
  if (problem !== undefined) return problem;
  if (description !== undefined && typeof description !== "string") {
    return `${custom}.description: Input should be a valid string`;
  }
  return schemaProblem(`${custom}.input_schema`, schema);
}

function schemaProblem(place: string, schema: unknown): Problem {
  if (schema === undefined) return `${place}: Field required`;
  if (!isFields(schema)) return `${place}: Input should be a valid dictionary`;
  if (schema.type === undefined) return `${place}.type: Field required`;
  if (schema.type !== "object") return `${place}.type: Input should be 'object'`;
  if (COMPOSITIONS.some((keyword) => keyword in schema)) {
    return `${place}: input_schema does not support oneOf, allOf, or anyOf at the top level`;
  }
  const names = isFields(schema.properties) ? Object.keys(schema.properties) : [];
  if (names.every((name) => PROPERTY_NAME.test(name))) return undefined;
  return `${place}.properties: Property keys should match pattern '${PROPERTY_NAME.source}'`;
}

function duplicateNameProblem(tools: readonly unknown[]): Problem {
  const seen = new Set<unknown>();
  return firstProblem(tools.filter(isFields), ({ name }) => {
    if (seen.has(name)) return "tools: Tool names must be unique.";
    seen.add(name);
    return undefined;
  });
}
