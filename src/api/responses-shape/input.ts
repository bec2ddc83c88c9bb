import { isJsonObject, sameJson } from "../../core/json.ts";
import { invalid } from "../invalid.ts";
import { mapKept, withFields } from "../lenient/kept.ts";
import type { Notes } from "../lenient/notes.ts";
import { writeItem } from "./items.ts";
import type { Places } from "./places.ts";

type Fields = Readonly<Record<string, unknown>>;

export type WrittenInput = {
  readonly input: unknown;
  readonly places: Places;
  /** The tools that items bring along. */
  readonly tools: readonly unknown[];
};

/** What is asked, wherever a program has put it. Throws where two conversations are given. */
export function inputOf({ input, messages, prompt }: Fields): unknown {
  const isGiven = input !== undefined && input !== null;
  const isChat = Array.isArray(messages) && messages.length > 0;
  if (!isGiven) return isChat ? messages : typeof prompt === "string" ? prompt : input;
  if (isChat && !sameJson(input, messages)) {
    throw invalid("messages", "There are both 'input' and 'messages': send the conversation once, as 'input'.");
  }
  return input;
}

export function writeInput(given: unknown, notes: Notes, tellsSearches = true): WrittenInput {
  const input = isJsonObject(given) ? [given] : given;
  if (!Array.isArray(input)) return { input, places: undefined, tools: [] };
  const items: unknown[] = [];
  const places: number[] = [];
  for (const [place, item] of input.entries()) {
    for (const written of writeItem(item, notes, tellsSearches)) {
      items.push(written);
      places.push(place);
    }
  }
  const isSame = items.length === input.length && items.every((item, index) => item === input[index]);
  return {
    input: withCallIds(isSame ? input : items),
    places: places.every((place, index) => place === index) ? undefined : places,
    tools: input.flatMap(toolsWithin),
  };
}

/** Some programs answer a call by the id of its item. */
function withCallIds(items: readonly unknown[]): readonly unknown[] {
  const callIds = new Set<unknown>();
  const byItem = new Map<unknown, unknown>();
  for (const item of items) {
    if (!isJsonObject(item) || (item.type !== "function_call" && item.type !== "custom_tool_call")) continue;
    callIds.add(item.call_id);
    if (typeof item.id === "string" && item.id !== "") byItem.set(item.id, item.call_id);
  }
  return mapKept(items, (item) => {
    if (!isJsonObject(item) || !RESULTS.has(item.type) || callIds.has(item.call_id)) return item;
    return byItem.has(item.call_id) ? withFields(item, { call_id: byItem.get(item.call_id) }) : item;
  });
}

const RESULTS: ReadonlySet<unknown> = new Set(["function_call_output", "custom_tool_call_output"]);

/** Tools that were made known, or found, in the course of the conversation. */
function toolsWithin(item: unknown): readonly unknown[] {
  if (!isJsonObject(item) || !Array.isArray(item.tools)) return [];
  return item.type === "additional_tools" || item.type === "tool_search_output" ? item.tools : [];
}
