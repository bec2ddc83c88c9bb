import { isJsonObject } from "../../../core/json.ts";
import { withFields } from "../../lenient/kept.ts";
import type { Notes } from "../../lenient/notes.ts";
import { textbookEffort } from "./effort.ts";
import { textbookFormat } from "./format.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a body that are neither messages nor tools. */
export function textbookOptions(body: Fields, notes: Notes): Fields {
  return withFields(body, {
    ...(body.model === "" ? { model: undefined } : {}),
    stream: textbookSwitch(body.stream),
    stream_options: textbookStreamOptions(body.stream_options),
    max_tokens: textbookLimit(body.max_tokens),
    ...textbookCompletionLimit(body),
    n: textbookCount(body.n),
    ...textbookStops(body),
    parallel_tool_calls: textbookSwitch(body.parallel_tool_calls),
    modalities: textbookModalities(body.modalities),
    ...textbookEffort(body, notes),
    ...textbookFormat(body),
    ...continuation(body),
  });
}

/** What vLLM and its likes want to be told where the last word is the assistant's. It is so without. */
function continuation({ continue_final_message, add_generation_prompt }: Fields): Fields {
  return {
    ...(continue_final_message === true ? { continue_final_message: undefined } : {}),
    ...(continue_final_message === true && add_generation_prompt === false ? { add_generation_prompt: undefined } : {}),
  };
}

const SWITCHES: ReadonlyMap<unknown, boolean | undefined> = new Map<unknown, boolean | undefined>([
  ["", undefined],
  ["true", true],
  ["false", false],
  [1, true],
  [0, false],
]);

function textbookSwitch(value: unknown): unknown {
  return SWITCHES.has(value) ? SWITCHES.get(value) : value;
}

/** A number, also as a text. */
function numberOf(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (text === "") return undefined;
  return /^-?\d+$/.test(text) ? Number(text) : value;
}

/** None, or a negative one, is how programs for local models say that there is no limit. */
function textbookLimit(limit: unknown): unknown {
  const number = numberOf(limit);
  return typeof number === "number" && number <= 0 ? undefined : number;
}

/** The Responses API's name is read where the chat's own are not there. */
function textbookCompletionLimit({ max_tokens, max_completion_tokens, max_output_tokens }: Fields): Fields {
  const own = textbookLimit(max_completion_tokens);
  if (typeof max_output_tokens !== "number" || (own ?? max_tokens ?? undefined) !== undefined) {
    return { max_completion_tokens: own };
  }
  return { max_completion_tokens: textbookLimit(max_output_tokens), max_output_tokens: undefined };
}

function textbookCount(count: unknown): unknown {
  const number = numberOf(count);
  return number === 0 ? undefined : number;
}

function textbookStreamOptions(options: unknown): unknown {
  if (options === "" || (Array.isArray(options) && options.length === 0)) return undefined;
  if (!isJsonObject(options)) return options;
  return withFields(options, { include_usage: textbookSwitch(options.include_usage) });
}

/** So is Anthropic's name. */
function textbookStops({ stop, stop_sequences }: Fields): Fields {
  const own = textbookStop(stop);
  if (!Array.isArray(stop_sequences) || (own !== undefined && own !== null)) return { stop: own };
  return { stop: textbookStop(stop_sequences), stop_sequences: undefined };
}

function textbookStop(stop: unknown): unknown {
  if (stop === "" || stop === false) return undefined;
  if (!Array.isArray(stop) || !stop.some((text) => text === null)) return stop;
  return stop.filter((text) => text !== null);
}

function textbookModalities(modalities: unknown): unknown {
  if (modalities === "" || (Array.isArray(modalities) && modalities.length === 0)) return undefined;
  return modalities === "text" ? ["text"] : modalities;
}
