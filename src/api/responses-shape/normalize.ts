import { ApiError, invalid } from "../../core/error.ts";
import { type Fields, isJsonObject, sameJson } from "../../core/json.ts";
import { each, type Steps } from "../../core/pace.ts";
import { mapLongKept, Notes, withFields } from "../lenient/rewrite.ts";
import { readExtraSearches } from "../web-search/read-search.ts";
import { writeItem } from "./items.ts";
import { writeSettings } from "./settings.ts";
import { writeToolChoice, writeTools } from "./tools.ts";

/** For each item of an input that was written anew the place of the client's own; undefined where they are the same. */
export type OriginalIndexes = readonly number[] | undefined;

/** What is said of items, of those that the client has sent. */
function toOriginalIndexes(text: string, places: OriginalIndexes): string {
  if (places === undefined) return text;
  return text.replace(/(^|')input\[(\d+)\]/g, (_, before: string, index: string) => {
    return `${before}input[${places[Number(index)] ?? index}]`;
  });
}

/** Tells an error of items that were written anew of those that the client has sent. */
export function* withOriginalIndexes<T>(places: OriginalIndexes, read: Steps<T>): Steps<T> {
  try {
    return yield* read;
  } catch (error) {
    if (places === undefined || !(error instanceof ApiError)) throw error;
    const { code, message, param } = error;
    const details = param === undefined ? {} : { param: toOriginalIndexes(param, places) };
    throw new ApiError(code, toOriginalIndexes(message, places), details);
  }
}

type NormalizedBody = {
  /** In the textbook form, as far as it was understood; itself where it was in it already. A schema says what else is wrong. */
  readonly body: unknown;
  /** What was left out, or changed, for the response header. */
  readonly notes: readonly string[];
  readonly places: OriginalIndexes;
};

/** A body of OpenAI's Responses API, in whatever spelling programs have for it. Throws where it says two things at once. */
export function* normalizeBody(body: unknown): Steps<NormalizedBody> {
  if (!isJsonObject(body)) return { body, notes: [], places: undefined };
  const notes = new Notes();
  const { fields, tools: searches } = readExtraSearches(body, notes);
  const asked = inputOf(body);
  const { input, places, tools: broughtAlong } = yield* writeInput(asked, notes);
  const tools = writeTools(body.tools ?? body.functions, broughtAlong, searches);
  const spelled = withFields(body, fields);
  const settings = writeSettings(asked === body.prompt ? { ...spelled, prompt: undefined } : spelled);
  const written = withFields(spelled, {
    ...settings,
    input,
    messages: undefined,
    tools,
    functions: undefined,
    ...writeChoice(body, tools, notes),
  });
  return { body: written, notes: notes.names, places };
}

/** Anthropic's choice says, too, whether calls may be parallel. */
function writeChoice(
  { tool_choice: choice, function_call: legacy }: Record<string, unknown>,
  tools: unknown,
  notes: Notes,
) {
  const one = isJsonObject(choice) && choice.disable_parallel_tool_use === true ? { parallel_tool_calls: false } : {};
  return { tool_choice: writeToolChoice(choice ?? legacy, tools, notes), function_call: undefined, ...one };
}

type WrittenInput = {
  readonly input: unknown;
  readonly places: OriginalIndexes;
  /** The tools that items bring along. */
  readonly tools: readonly unknown[];
};

/** What is asked, wherever a program has put it. Throws where two conversations are given. */
function inputOf({ input, messages, prompt }: Fields): unknown {
  const isGiven = input !== undefined && input !== null;
  const isChat = Array.isArray(messages) && messages.length > 0;
  if (!isGiven) return isChat ? messages : typeof prompt === "string" ? prompt : input;
  if (isChat && !sameJson(input, messages)) {
    throw invalid("messages", "There are both 'input' and 'messages': send the conversation once, as 'input'.");
  }
  return input;
}

function* writeInput(given: unknown, notes: Notes): Steps<WrittenInput> {
  const input = isJsonObject(given) ? [given] : given;
  if (!Array.isArray(input)) return { input, places: undefined, tools: [] };
  const items: unknown[] = [];
  const places: number[] = [];
  const tools: unknown[] = [];
  let isInPlace = true;
  let isSame = true;
  yield* each(input, (item, place) => {
    for (const written of writeItem(item, notes)) {
      isInPlace &&= items.length === place;
      isSame &&= written === item;
      items.push(written);
      places.push(place);
    }
    tools.push(...toolsWithin(item));
  });
  isSame &&= isInPlace && items.length === input.length;
  return {
    input: yield* withCallIds(isSame ? input : items),
    places: isInPlace ? undefined : places,
    tools,
  };
}

/** Some programs answer a call by the id of its item. */
function* withCallIds(items: readonly unknown[]): Steps<readonly unknown[]> {
  const callIds = new Set<unknown>();
  const byItem = new Map<unknown, unknown>();
  yield* each(items, (item) => {
    if (!isJsonObject(item) || (item.type !== "function_call" && item.type !== "custom_tool_call")) return;
    callIds.add(item.call_id);
    if (typeof item.id === "string" && item.id !== "") byItem.set(item.id, item.call_id);
  });
  return yield* mapLongKept(items, (item) => {
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
