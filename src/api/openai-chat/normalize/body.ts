import { type Fields, isJsonObject } from "../../../core/json.ts";
import type { Steps } from "../../../core/pace.ts";
import { readCount, readFilled, readLimit, readStop, readStreamOptions } from "../../lenient/read-options.ts";
import { type Notes, withFields } from "../../lenient/rewrite.ts";
import { readExtraSearches } from "../../web-search/read-search.ts";
import { textbookEffort } from "./effort.ts";
import { textbookFormat } from "./format.ts";
import { textbookMessages } from "./messages.ts";
import { textbookTools } from "./tools.ts";

/**
 * A chat's body, whatever its spelling, as the textbook has it: what is there already stays the same object, and what is not understood
 * stays for the schema to refuse. What is left out is noted.
 */
export function* normalizeChat(body: unknown, notes: Notes): Steps<unknown> {
  if (!isJsonObject(body)) return body;
  const { fields, tools: searches } = readExtraSearches(body, notes);
  const spelled = textbookOptions(withFields(body, fields), notes);
  return withFields(spelled, {
    messages: yield* textbookMessages(spelled.messages, notes),
    ...textbookTools(spelled, searches, notes),
  });
}

/** The fields of a body that are neither messages nor tools. */
function textbookOptions(body: Fields, notes: Notes): Fields {
  return withFields(body, {
    ...(body.model === "" ? { model: undefined } : {}),
    stream: readFilled(body.stream),
    stream_options: readStreamOptions(body.stream_options),
    max_tokens: readLimit(body.max_tokens),
    ...textbookCompletionLimit(body),
    n: readCount(body.n),
    ...textbookStops(body),
    parallel_tool_calls: readFilled(body.parallel_tool_calls),
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

/** The Responses API's name is read where the chat's own are not there. */
function textbookCompletionLimit({ max_tokens, max_completion_tokens, max_output_tokens }: Fields): Fields {
  const own = readLimit(max_completion_tokens);
  if (typeof max_output_tokens !== "number" || (own ?? max_tokens ?? undefined) !== undefined) {
    return { max_completion_tokens: own };
  }
  return { max_completion_tokens: readLimit(max_output_tokens), max_output_tokens: undefined };
}

/** So is Anthropic's name. */
function textbookStops({ stop, stop_sequences }: Fields): Fields {
  const own = readStop(stop);
  if (!Array.isArray(stop_sequences) || (own !== undefined && own !== null)) return { stop: own };
  return { stop: readStop(stop_sequences), stop_sequences: undefined };
}

function textbookModalities(modalities: unknown): unknown {
  if (modalities === "" || (Array.isArray(modalities) && modalities.length === 0)) return undefined;
  return modalities === "text" ? ["text"] : modalities;
}
