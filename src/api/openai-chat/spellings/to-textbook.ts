import { isJsonObject } from "../../../core/json.ts";
import { withFields } from "../../lenient/kept.ts";
import type { Notes } from "../../lenient/notes.ts";
import { readSearchWishes } from "../../web-search/read-search.ts";
import { textbookMessages } from "./messages.ts";
import { textbookOptions } from "./options.ts";
import { textbookTools } from "./tools.ts";

/**
 * A chat's body, whatever its spelling, as the textbook has it: what is there already stays the same object, and what is not understood
 * stays for the schema to refuse. What is left out is noted.
 */
export function toTextbook(body: unknown, notes: Notes): unknown {
  if (!isJsonObject(body)) return body;
  const { fields, tools: searches } = readSearchWishes(body, notes);
  const spelled = textbookOptions(withFields(body, fields), notes);
  return withFields(spelled, {
    messages: textbookMessages(spelled.messages, notes),
    ...textbookTools(spelled, searches, notes),
  });
}
