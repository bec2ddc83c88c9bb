import { isJsonObject, type JsonObject, sameJson } from "../../core/json.ts";
import type { ChatRequest, Tool, ToolChoice } from "../../core/request.ts";
import { invalid } from "../invalid.ts";
import type { MessagesBody } from "./schema.ts";
import type { ToolChoiceOption, ToolDefinition } from "./schema-tools.ts";

export function decodeTools(
  body: Pick<MessagesBody, "tools" | "tool_choice">,
): Pick<ChatRequest, "tools" | "toolChoice" | "parallelToolCalls"> {
  const tools = decodeDefinitions(body.tools ?? []);
  const choice = body.tool_choice ?? { type: "auto" };
  const serial = choice.type !== "none" && choice.disable_parallel_tool_use === true;
  return { tools, toolChoice: decodeChoice(choice, tools), parallelToolCalls: !serial };
}

function decodeDefinitions(definitions: readonly ToolDefinition[]): Tool[] {
  const names = new Set<string>();
  return definitions.map(({ type, name, description, input_schema }, index) => {
    const path = `tools[${index}]`;
    if (type && type !== "custom") {
      const own = `'${path}.type' is ${JSON.stringify(type)}, a tool of Anthropic's`;
      throw invalid(`${path}.type`, `${own}. Only your own can be used: type "custom", or none, with an input_schema.`);
    }
    if (names.has(name)) throw invalid(`${path}.name`, `Two tools have the name ${JSON.stringify(name)}.`);
    names.add(name);
    const parameters = decodeSchema(input_schema, `${path}.input_schema`);
    return { name, ...(description ? { description } : {}), parameters };
  });
}

/** The schema as the client wrote it, except that it says, in one word, what it is: the API wants an object's. */
function decodeSchema(schema: Readonly<Record<string, unknown>> | null | undefined, path: string): JsonObject {
  if (!isJsonObject(schema)) throw invalid(path, `Missing required parameter: '${path}'. Expected an object.`);
  const { type = null } = schema;
  if (type === "object") return schema;
  if (type === null || sameJson(type, ["object"])) return { ...schema, type: "object" };
  const given = `a tool takes an object, so expected "object", but got ${JSON.stringify(type)}`;
  throw invalid(`${path}.type`, `Invalid value for '${path}.type': ${given}.`);
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
