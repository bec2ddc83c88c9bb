import { CALLS } from "./calls.ts";
import { FOREIGN_ITEMS } from "./foreign-items.ts";
import { MESSAGES } from "./messages.ts";
import { OPTIONS } from "./options.ts";

/** Whatever programs send to the Responses API. */
export const SPELLINGS = [...MESSAGES, ...CALLS, ...FOREIGN_ITEMS, ...OPTIONS];
