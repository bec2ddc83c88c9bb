import { CONTENT_SPELLINGS } from "./content.ts";
import { HISTORY_SPELLINGS } from "./history.ts";
import { OPTION_SPELLINGS } from "./options.ts";
import type { Spelling } from "./spelling.ts";
import { TOOL_SPELLINGS } from "./tools.ts";

/** What programs send to the chat's path beside the textbook, each beside the textbook's form of the same. */
export const CHAT_SPELLINGS: Readonly<Record<string, readonly Spelling[]>> = {
  content: CONTENT_SPELLINGS,
  history: HISTORY_SPELLINGS,
  tools: TOOL_SPELLINGS,
  options: OPTION_SPELLINGS,
};
