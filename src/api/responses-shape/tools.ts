import { type Fields, isJsonObject } from "../../core/json.ts";
import { readList } from "../lenient/read-options.ts";
import { readTool, readToolChoice } from "../lenient/read-tool.ts";
import { mapKept, type Notes, withFields } from "../lenient/rewrite.ts";
import { WEB_SEARCH } from "../web-search/offer-searches.ts";
import { isSearchChoice, readSearch, withSearches } from "../web-search/read-search.ts";
import { isAnthropicSearch, isSearchType } from "../web-search/schema.ts";

/** The tools in their textbook form, with those that the conversation brings along, and searches that other fields ask for. */
export function writeTools(
  given: unknown,
  broughtAlong: readonly unknown[],
  searches: readonly Fields[] = [],
): unknown {
  return withSearches(writeList(readList(given), broughtAlong), searches);
}

function writeList(tools: unknown, broughtAlong: readonly unknown[]): unknown {
  if (!Array.isArray(tools)) return broughtAlong.length === 0 ? tools : broughtAlong.map(writeTool);
  const own = mapKept(tools, writeTool);
  const known = new Set(own.map(identityOf));
  const more = broughtAlong.map(writeTool).filter((tool) => !known.has(identityOf(tool)));
  return more.length === 0 ? own : [...own, ...more];
}

/** What a tool is known by: one that is offered by its name, one that is not by all it says. */
function identityOf(tool: unknown): string {
  if (!isJsonObject(tool) || tool.name === undefined) return JSON.stringify(tool);
  return JSON.stringify([tool.type, tool.name]);
}

function writeTool(tool: unknown): unknown {
  if (!isJsonObject(tool)) return tool;
  if (tool.type === "namespace") {
    return Array.isArray(tool.tools) ? withFields(tool, { tools: mapKept(tool.tools, writeTool) }) : tool;
  }
  const read = readTool(tool);
  switch (read?.kind) {
    case "function": {
      const { name, description, parameters, strict } = read;
      const own = { name, description: textOrNone(description), parameters, strict: flagOrNone(strict) };
      return withFields(withoutOthers(tool), { type: "function", ...own });
    }
    case "custom":
      return withFields(withoutOthers(tool), {
        type: "custom",
        name: read.name,
        description: textOrNone(read.description),
        format: writeGrammar(read.format),
      });
    default:
      return readSearch(tool) ?? tool;
  }
}

/** A chat has the grammar one level deeper. */
function writeGrammar(format: unknown): unknown {
  return isJsonObject(format) && isJsonObject(format.grammar) ? { type: "grammar", ...format.grammar } : format;
}

/** Without the fields of other spellings, once they were read. */
function withoutOthers(tool: Fields): Fields {
  const { function: _function, custom: _custom, input_schema: _snake, inputSchema: _camel, ...rest } = tool;
  return Object.keys(rest).length === Object.keys(tool).length ? tool : rest;
}

function textOrNone(value: unknown): unknown {
  return value === null || typeof value === "string" ? value : undefined;
}

function flagOrNone(value: unknown): unknown {
  return value === null || typeof value === "boolean" ? value : undefined;
}

/** The choice in its textbook form; undefined where it says nothing. */
export function writeToolChoice(choice: unknown, tools: unknown, notes: Notes): unknown {
  if (choice === undefined || choice === null) return choice;
  if (choice === "" || (isJsonObject(choice) && Object.keys(choice).length === 0)) return undefined;
  if (isJsonObject(choice) && choice.type === "allowed_tools") return writeAllowed(choice, notes);
  const read = readToolChoice(choice);
  if (read === undefined) return writeOtherChoice(choice, tools, notes);
  if (read.kind !== "tool") return read.kind === "required" ? requiredAmong(tools, notes) : read.kind;
  const named = { type: read.custom || isCustom(tools, read.name) ? "custom" : "function", name: read.name };
  return isJsonObject(choice) && choice.type === named.type && choice.name === named.name ? choice : named;
}

/** The bare name of a tool; or that of a kind of tool which is not offered, so that nobody can be made to call it. */
function writeOtherChoice(choice: unknown, tools: unknown, notes: Notes): unknown {
  if (typeof choice === "string" && namesOf(tools).includes(choice)) {
    return { type: isCustom(tools, choice) ? "custom" : "function", name: choice };
  }
  if (!isJsonObject(choice) || typeof choice.type !== "string" || OFFERED.has(choice.type)) return choice;
  if (isSearchChoice(choice)) return isSearchType(choice.type) ? choice : { type: WEB_SEARCH };
  notes.add("tool_choice");
  return undefined;
}

const OFFERED: ReadonlySet<unknown> = new Set(["function", "custom", "namespace", "tool"]);

/** Whether there is a search, too, its decoder knows. */
function isOffered(tool: unknown): boolean {
  return isJsonObject(tool) && (OFFERED.has(tool.type) || isSearch(tool));
}

function isSearch({ type }: Fields): boolean {
  return typeof type === "string" && (isSearchChoice({ type }) || isAnthropicSearch({ type }));
}

/** None of the tools are offered where all are OpenAI's own. */
function requiredAmong(tools: unknown, notes: Notes): unknown {
  const isEmpty = Array.isArray(tools) && tools.length > 0 && !tools.some(isOffered);
  if (!isEmpty) return "required";
  notes.add("tool_choice");
  return undefined;
}

function writeAllowed(choice: Fields, notes: Notes): unknown {
  const { allowed_tools: inner, ...rest } = choice;
  const flat = isJsonObject(inner) ? { ...rest, ...inner } : choice;
  if (!Array.isArray(flat.tools)) return flat;
  const named = mapKept(flat.tools, (tool) => {
    if (!isJsonObject(tool)) return tool;
    const called = [tool.function, tool.custom].find((value) => isJsonObject(value));
    if (isJsonObject(called)) return { type: tool.type, name: called.name };
    return isSearchChoice(tool) ? { type: isSearchType(tool.type) ? tool.type : WEB_SEARCH } : tool;
  });
  const offered = named.filter((tool) => !isJsonObject(tool) || isOffered(tool));
  if (offered.length < named.length) notes.add("tool_choice.tools");
  if (offered.length === 0 && named.length > 0) return "none";
  return withFields(flat, { mode: flat.mode ?? "auto", tools: offered.length < named.length ? offered : named });
}

function isCustom(tools: unknown, name: string): boolean {
  return (
    Array.isArray(tools) && tools.some((tool) => isJsonObject(tool) && tool.name === name && tool.type === "custom")
  );
}

function namesOf(tools: unknown): readonly unknown[] {
  return Array.isArray(tools) ? tools.map((tool) => (isJsonObject(tool) ? tool.name : undefined)) : [];
}
