import { isJsonObject, type JsonObject, sameJson } from "../../core/json.ts";
import type { ChatRequest, Tool, ToolChoice } from "../../core/request.ts";
import { invalid } from "../invalid.ts";
import { requireObject } from "../tool-definitions.ts";
import { withoutDeferred } from "./deferred-tools.ts";
import type { MessagesBody } from "./schema.ts";
import type { ToolChoiceOption, ToolDefinition } from "./schema-tools.ts";

export type DecodedTools = Pick<ChatRequest, "tools" | "toolChoice" | "parallelToolCalls"> & {
  /** What is not offered, for the response header. */
  readonly leftOut: readonly string[];
};

/** A strict server refuses Anthropic's own tools; else they are left out. */
export function decodeTools(
  body: Pick<MessagesBody, "tools" | "tool_choice" | "messages">,
  strict: boolean,
): DecodedTools {
  const definitions = withoutDeferred(body.tools ?? [], body);
  const hosted = definitions.filter(isHosted);
  if (strict) refuseHosted(body.tools ?? []);
  const tools = decodeDefinitions(body.tools ?? [], new Set(definitions));
  const choice = body.tool_choice ?? { type: "auto" };
  const serial = choice.type !== "none" && choice.disable_parallel_tool_use === true;
  const isMet = strict || canChoose(choice, tools, hosted);
  return {
    tools,
    toolChoice: isMet ? decodeChoice(choice, tools) : { type: "auto" },
    parallelToolCalls: !serial,
    leftOut: [...hosted.map(({ type }) => `tools.${type}`), ...(isMet ? [] : ["tool_choice"])],
  };
}

function isHosted({ type }: ToolDefinition): boolean {
  return Boolean(type) && type !== "custom";
}

function refuseHosted(definitions: readonly ToolDefinition[]): void {
  const index = definitions.findIndex(isHosted);
  if (index === -1) return;
  const path = `tools[${index}].type`;
  const own = `'${path}' is ${JSON.stringify(definitions[index]?.type)}, a tool of Anthropic's`;
  throw invalid(path, `${own}. Only your own can be used: type "custom", or none, with an input_schema.`);
}

/** Whether the choice can be met by the tools that are left. A name that none of them has is an error of its own. */
function canChoose(choice: ToolChoiceOption, tools: readonly Tool[], hosted: readonly ToolDefinition[]): boolean {
  if (choice.type === "any") return tools.length > 0;
  if (choice.type === "tool" && tools.length === 0) return false;
  return choice.type !== "tool" || !hosted.some(({ name }) => name === choice.name);
}

/** All are looked at, those that are offered are returned. */
function decodeDefinitions(definitions: readonly ToolDefinition[], offered: ReadonlySet<ToolDefinition>): Tool[] {
  const known = new Map<string, ToolDefinition>();
  return definitions.flatMap((definition, index): Tool[] => {
    if (isHosted(definition)) return [];
    const { name, description, input_schema } = definition;
    const path = `tools[${index}]`;
    const twin = known.get(name);
    if (twin && sameJson(twin, definition)) return [];
    if (twin) throw invalid(`${path}.name`, `Two different tools have the name ${JSON.stringify(name)}.`);
    known.set(name, definition);
    const parameters = decodeSchema(input_schema, `${path}.input_schema`);
    return offered.has(definition) ? [{ name, ...(description ? { description } : {}), parameters }] : [];
  });
}

function decodeSchema(schema: Readonly<Record<string, unknown>> | null | undefined, path: string): JsonObject {
  if (!isJsonObject(schema)) throw invalid(path, `Missing required parameter: '${path}'. Expected an object.`);
  return requireObject(schema, path, "tool");
}

function decodeChoice(choice: ToolChoiceOption, tools: readonly Tool[]): ToolChoice {
  switch (choice.type) {
    case "auto":
    case "none":
      return { type: choice.type };
    case "any":
      if (tools.length > 0) return { type: "required" };
      throw invalid("tool_choice", "'tool_choice' is \"any\", but there are no tools to call.");
    case "tool": {
      const { name } = choice;
      if (tools.some((tool) => tool.name === name)) return { type: "tool", name };
      const known = tools.map((tool) => JSON.stringify(tool.name)).join(", ") || "none at all";
      const given = `'tool_choice.name' is ${JSON.stringify(name)}`;
      throw invalid("tool_choice.name", `${given}, but the tools of this request are: ${known}.`);
    }
  }
}
