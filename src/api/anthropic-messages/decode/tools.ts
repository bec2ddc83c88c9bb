import { invalid } from "../../../core/error.ts";
import { isJsonObject, type JsonObject, sameJson } from "../../../core/json.ts";
import { each, type Steps } from "../../../core/pace.ts";
import type { ChatRequest, ServerTool, Tool, ToolChoice } from "../../../core/request.ts";
import { requireObject, type ToolOptions } from "../../tools/tool-definitions.ts";
import { isAnthropicSearch } from "../../web-search/schema.ts";
import { is, type Message } from "../wire/messages.ts";
import type { MessagesBody, ToolChoiceOption, ToolDefinition } from "../wire/schema.ts";

/** What the client's messages of role `system` say, which the CLI does not tell the API: see {@link changedTools}. */
type ChangedTools = { readonly added: ReadonlySet<string>; readonly removed: ReadonlySet<string> };

/** Which tools the client has added to the conversation since it began, and which it has taken away: the last word counts. */
function* changedTools(messages: readonly Message[]): Steps<ChangedTools> {
  const added = new Set<string>();
  const removed = new Set<string>();
  yield* each(messages, ({ role, content }) => {
    if (role !== "system" || typeof content === "string") return;
    for (const block of content) {
      if (is(block, "tool_addition")) move(block.tool.name, removed, added);
      if (is(block, "tool_removal")) move(block.tool.name, added, removed);
    }
  });
  return { added, removed };
}

function move(name: string, from: Set<string>, to: Set<string>): void {
  from.delete(name);
  to.add(name);
}

export type DecodedTools = Pick<ChatRequest, "tools" | "toolChoice" | "parallelToolCalls"> & {
  readonly serverTools: readonly ServerTool[];
  /** What is left out, for the response header. */
  readonly leftOut: readonly string[];
};

/** A strict server refuses a choice that cannot be met; else it is left out. */
export function* decodeTools(
  body: Pick<MessagesBody, "tools" | "tool_choice" | "messages">,
  { strict = false, webSearch = true }: ToolOptions = {},
): Steps<DecodedTools> {
  const { tools, serverTools: asked } = decodeDefinitions(body.tools ?? [], yield* changedTools(body.messages));
  const serverTools = webSearch ? asked : asked.filter(({ definition }) => !isSearch(definition));
  const without = asked.filter((tool) => !serverTools.includes(tool)).map(({ definition }) => definition);
  const choice = body.tool_choice ?? { type: "auto" };
  const serial = choice.type !== "none" && choice.disable_parallel_tool_use === true;
  const hasAny = tools.length + serverTools.length > 0;
  const isLost = choice.type === "tool" && without.some(({ name }) => name === choice.name);
  const isMet = strict || (hasAny && !isLost) || choice.type === "auto" || choice.type === "none";
  const names = [...tools, ...serverTools.map(({ definition }) => definition)].map(({ name }) => name);
  return {
    tools,
    serverTools,
    toolChoice: isMet ? decodeChoice(choice, names) : { type: "auto" },
    parallelToolCalls: !serial,
    leftOut: [...without.map(({ type }) => `tools.${type}`), ...(isMet ? [] : ["tool_choice"])],
  };
}

/** Tools that the API runs itself: it tells what it does with them, and asks nobody. */
const RUN_BY_API = /^(?:web_search|web_fetch|code_execution|tool_search_tool|advisor)_|^mcp_toolset$|_toolset_/;

/**
 * A tool of the client's, by its `type`: none, or one of Anthropic's (`bash_…`, `text_editor_…`, `computer_…`, `memory_…`, whatever comes),
 * which says what the tool takes. It is called by its name. The members of a set have names of their own, which are called without being known
 * before.
 */
function isCalled({ type, name }: ToolDefinition): boolean {
  return !type || type === "custom" || (Boolean(name) && !RUN_BY_API.test(type));
}

function isSearch({ type }: JsonObject): boolean {
  return typeof type === "string" && isAnthropicSearch({ type });
}

type Decoded = { readonly tools: readonly Tool[]; readonly serverTools: readonly ServerTool[] };

function decodeDefinitions(definitions: readonly ToolDefinition[], { added, removed }: ChangedTools): Decoded {
  const known = new Map<string, ToolDefinition>();
  const tools: Tool[] = [];
  const serverTools: ServerTool[] = [];
  for (const [index, definition] of definitions.entries()) {
    if (!isCalled(definition)) {
      if (isJsonObject(definition)) serverTools.push({ definition, at: tools.length });
      continue;
    }
    const path = `tools[${index}]`;
    const name = requireName(definition, path);
    const twin = known.get(name);
    if (twin && sameJson(twin, definition)) continue;
    if (twin) throw invalid(`${path}.name`, `Two different tools have the name ${JSON.stringify(name)}.`);
    known.set(name, definition);
    const tool = decodeTool(definition, name, path);
    if (!removed.has(name)) tools.push(added.has(name) ? loaded(tool) : tool);
  }
  return { tools, serverTools };
}

function requireName({ name }: ToolDefinition, path: string): string {
  if (name) return name;
  throw invalid(`${path}.name`, `Missing required parameter: '${path}.name'. Expected a string.`);
}

function decodeTool(
  { name: _, description, input_schema, ...others }: ToolDefinition,
  name: string,
  path: string,
): Tool {
  const set = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== null && value !== undefined));
  const native = isJsonObject(set) && Object.keys(set).length > 0 ? { native: set } : {};
  const isAnthropics = Boolean(others.type) && others.type !== "custom";
  return {
    name,
    ...(typeof description === "string" ? { description } : {}),
    parameters: isAnthropics && !input_schema ? { type: "object" } : decodeSchema(input_schema, `${path}.input_schema`),
    ...native,
  };
}

/** One that was deferred, and that the client has added since. */
function loaded({ native = {}, ...tool }: Tool): Tool {
  const { defer_loading: _, ...others } = native;
  return { ...tool, ...(Object.keys(others).length === 0 ? {} : { native: others }) };
}

function decodeSchema(schema: Readonly<Record<string, unknown>> | null | undefined, path: string): JsonObject {
  if (!isJsonObject(schema)) throw invalid(path, `Missing required parameter: '${path}'. Expected an object.`);
  return requireObject(schema, path, "tool");
}

function decodeChoice(choice: ToolChoiceOption, names: readonly unknown[]): ToolChoice {
  switch (choice.type) {
    case "auto":
    case "none":
      return { type: choice.type };
    case "any":
      if (names.length > 0) return { type: "required" };
      throw invalid("tool_choice", "'tool_choice' is \"any\", but there are no tools to call.");
    case "tool": {
      const { name } = choice;
      // What a set of tools holds is not known here.
      if (names.includes(name) || names.includes(undefined)) return { type: "tool", name };
      const known = names.map((known) => JSON.stringify(known)).join(", ") || "none at all";
      const given = `'tool_choice.name' is ${JSON.stringify(name)}`;
      throw invalid("tool_choice.name", `${given}, but the tools of this request are: ${known}.`);
    }
  }
}
