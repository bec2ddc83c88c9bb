import { type Fields, isJsonObject, sameJson } from "../../../core/json.ts";
import { readList } from "../../lenient/read-options.ts";
import { type ReadTool, readSchema, readTool, readToolChoice } from "../../lenient/read-tool.ts";
import { mapKept, type Notes } from "../../lenient/rewrite.ts";
import { WEB_SEARCH } from "../../web-search/offer-searches.ts";
import { isSearchChoice, readSearch, withSearches } from "../../web-search/read-search.ts";
import { isAnthropicSearch } from "../../web-search/schema.ts";

/** The fields of a body that say what may be called. `searches`: those that it asks for in other fields. */
export function textbookTools(body: Fields, searches: readonly Fields[], notes: Notes): Fields {
  const tools = withSearches(textbookList(body.tools, textbookTool), searches);
  const functions = textbookList(body.functions, textbookFunction);
  const choice = textbookChoice(body.tool_choice, tools, notes);
  return {
    tools,
    functions: isSame(functions, tools) ? undefined : functions,
    tool_choice: choice,
    function_call: textbookFunctionChoice(body.function_call),
    ...(isOneAtATime(body.tool_choice) ? { parallel_tool_calls: body.parallel_tool_calls ?? false } : {}),
  };
}

function textbookList(given: unknown, change: (member: unknown) => unknown): unknown {
  const list = readList(given);
  return Array.isArray(list) ? mapKept(list, change) : list;
}

function textbookTool(tool: unknown): unknown {
  if (!isJsonObject(tool)) return tool;
  if (tool.type === "function" && isJsonObject(tool.function)) {
    const definition = textbookFunction(tool.function);
    return definition === tool.function ? tool : { ...tool, function: definition };
  }
  if (tool.type === "custom" && isJsonObject(tool.custom)) return tool;
  const read = readTool(tool);
  return read ? writeTool(read, tool) : tool;
}

/** The fields that the tool's own form has a place for; others stay where they are, and are judged there. */
const READ_FIELDS = new Set(
  "type function custom name description parameters input_schema inputSchema strict format".split(" "),
);

function writeTool(tool: ReadTool, sent: Fields): unknown {
  // Any other than a search is named as a whole, and not field by field.
  if (tool.kind === "hosted") return isAnthropicSearch(tool) ? sent : (readSearch(sent) ?? { type: tool.type });
  const others = Object.entries(sent).filter(([name]) => !READ_FIELDS.has(name));
  const { kind, ...definition } = tool;
  const own =
    tool.kind === "custom" ? { ...definition, format: textbookGrammar(tool.format) } : textbookFunction(definition);
  return { ...Object.fromEntries(others), type: kind, [kind]: own };
}

/** The Responses API has the grammar's fields beside its type. */
function textbookGrammar(format: unknown): unknown {
  if (!isJsonObject(format) || format.type !== "grammar" || isJsonObject(format.grammar)) return format;
  const { type, ...grammar } = format;
  return { type, grammar };
}

function textbookFunction(definition: unknown): unknown {
  if (!isJsonObject(definition)) return definition;
  const { parameters = definition.input_schema ?? definition.inputSchema, strict } = definition;
  const schema = readSchema(parameters);
  const isKept =
    schema === definition.parameters && (strict === undefined || strict === null || typeof strict === "boolean");
  if (isKept && definition.description !== undefined) return definition;
  if (isKept && !("description" in definition)) return definition;
  const { input_schema: _anthropic, inputSchema: _mcp, strict: _strict, ...others } = definition;
  return Object.fromEntries(
    Object.entries({ ...others, parameters: schema, ...(typeof strict === "boolean" ? { strict } : {}) }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

/** Whether the same functions are told in both forms, as programs do that do not know which is read. */
function isSame(functions: unknown, tools: unknown): boolean {
  if (!Array.isArray(functions) || !Array.isArray(tools) || functions.length === 0) return false;
  return sameJson(
    functions,
    tools.map((tool) => (isJsonObject(tool) ? tool.function : undefined)),
  );
}

function textbookChoice(choice: unknown, tools: unknown, notes: Notes): unknown {
  if (choice === "" || (isJsonObject(choice) && Object.keys(choice).length === 0)) return undefined;
  if (choice === null || choice === "auto" || choice === "none" || choice === "required") return choice;
  if (isTextbookChoice(choice)) return choice;
  if (isJsonObject(choice) && choice.type === "allowed_tools") return textbookAllowed(choice);
  const read = readToolChoice(choice);
  if (read?.kind === "tool") return named(read.name, tools);
  if (read) return read.kind;
  if (typeof choice === "string") return nameOf(choice, tools) ? named(choice, tools) : choice;
  if (isJsonObject(choice) && isSearchChoice(choice)) return named(WEB_SEARCH, tools);
  if (!isJsonObject(choice) || !isHosted(choice.type, tools)) return choice;
  notes.add("tool_choice");
  return undefined;
}

function isTextbookChoice(choice: unknown): boolean {
  if (!isJsonObject(choice) || (choice.type !== "function" && choice.type !== "custom")) return false;
  const named = choice[choice.type];
  return isJsonObject(named) && typeof named.name === "string";
}

/** The Responses API has the fields beside the type, and flat names. */
function textbookAllowed(choice: Fields): unknown {
  if (isJsonObject(choice.allowed_tools)) return choice;
  const { type, mode, tools } = choice;
  const list = Array.isArray(tools) ? tools.map((tool) => writeNamed(tool)) : tools;
  return { type, allowed_tools: { mode, tools: list } };
}

function writeNamed(tool: unknown): unknown {
  if (isJsonObject(tool) && isSearchChoice(tool)) return named(WEB_SEARCH, undefined);
  const read = readToolChoice(tool);
  return read?.kind === "tool" ? named(read.name, undefined, read.custom) : tool;
}

function named(name: string, tools: unknown, custom = nameOf(name, tools) === "custom"): object {
  return custom ? { type: "custom", custom: { name } } : { type: "function", function: { name } };
}

/** What kind of tool has this name. */
function nameOf(name: string, tools: unknown): "function" | "custom" | undefined {
  if (!Array.isArray(tools)) return undefined;
  return (["function", "custom"] as const).find((kind) =>
    tools.some((tool) => isJsonObject(tool) && isJsonObject(tool[kind]) && tool[kind].name === name),
  );
}

function isHosted(type: unknown, tools: unknown): boolean {
  return Array.isArray(tools) && tools.some((tool) => isJsonObject(tool) && tool.type === type);
}

function textbookFunctionChoice(choice: unknown): unknown {
  if (choice === "" || (isJsonObject(choice) && Object.keys(choice).length === 0)) return undefined;
  if (typeof choice === "string" || !isJsonObject(choice) || typeof choice.name === "string") return choice;
  const read = readToolChoice(choice);
  if (read?.kind === "tool") return { name: read.name };
  return read ? read.kind : choice;
}

/** Anthropic says it beside the choice. */
function isOneAtATime(choice: unknown): boolean {
  return isJsonObject(choice) && choice.disable_parallel_tool_use === true;
}
