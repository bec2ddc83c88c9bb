import { isJsonObject } from "../../core/json.ts";
import type { Tool } from "../../core/request.ts";

/** A tool as far as its names go: without a schema, its arguments keep theirs. */
export type NamedTool = Pick<Tool, "name"> & Partial<Pick<Tool, "parameters">>;

/** The CLI's own search among deferred tools. */
export const TOOL_SEARCH = "ToolSearch";

/**
 * A function that is never offered, and that the CLI takes for deferred. Only where it knows of one, and has its own search, does it let
 * results refer to tools, and calls say who calls; see `TurnSettings.searchesTools`.
 */
export const DEFERRED = "_deferred";

// What the CLI makes of a client's tool because one of its own has the name, and no setting prevents.

/** What it calls a tool when it lists those that it offers; all others go by their names. */
export const OTHERWISE_LISTED: ReadonlyMap<string, string> = new Map([["Agent", "Task"]]);

/** The first, offered beside the second, it explains to the model in the system prompt. */
const EXPLAINED = { name: "Artifact", beside: "Edit" } as const;

/** In calls of the history that have one of these arguments it leaves out some. */
const CLEANED: ReadonlyMap<string, readonly string[]> = new Map([
  ["Edit", ["edits"]],
  ["ExitPlanMode", ["plan", "planFilePath"]],
  ["SendMessage", ["type", "recipient", "recipient_kind", "content", "request_id", "approve"]],
  ["propose_skills", ["proposals"]],
]);

/** Whether a tool needs another name, lest the CLI add something to the prompt for it, or change its calls. */
export function isChangedByCli({ name, parameters }: NamedTool, offered: readonly string[]): boolean {
  if (name === EXPLAINED.name && offered.includes(EXPLAINED.beside)) return true;
  const properties = parameters?.properties;
  const args = isJsonObject(properties) ? properties : {};
  return CLEANED.get(name)?.some((argument) => Object.hasOwn(args, argument)) ?? false;
}
