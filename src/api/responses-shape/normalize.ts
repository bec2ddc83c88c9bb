import { isJsonObject } from "../../core/json.ts";
import { withFields } from "../lenient/kept.ts";
import { Notes } from "../lenient/notes.ts";
import { readSearchWishes } from "../web-search/read-search.ts";
import { inputOf, writeInput } from "./input.ts";
import type { Places } from "./places.ts";
import { writeSettings } from "./settings.ts";
import { writeToolChoice, writeTools } from "./tools.ts";

export type NormalizedBody = {
  /** In the textbook form, as far as it was understood; itself where it was in it already. A schema says what else is wrong. */
  readonly body: unknown;
  /** What was left out, or bent, for the response header. */
  readonly notes: readonly string[];
  readonly places: Places;
};

export type NormalizeOptions = {
  /** Whether a search of the model's own can be told as that. Default true. */
  readonly tellsSearches?: boolean;
};

/** A body of OpenAI's Responses API, in whatever spelling programs have for it. Throws where it says two things at once. */
export function normalizeBody(body: unknown, { tellsSearches = true }: NormalizeOptions = {}): NormalizedBody {
  if (!isJsonObject(body)) return { body, notes: [], places: undefined };
  const notes = new Notes();
  const { fields, tools: searches } = readSearchWishes(body, notes);
  const asked = inputOf(body);
  const { input, places, tools: broughtAlong } = writeInput(asked, notes, tellsSearches);
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
