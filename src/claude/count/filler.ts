import type { Tool } from "../../core/request.ts";

/** Two characters for a token, or more than one token: over a thousand in all. */
const WORDS = "a b c d e f g h ".repeat(250);

/**
 * Of the tokens of all tools the CLI takes some hundreds off, and tells nothing where that leaves nothing. So every request's tools are
 * counted together with this one, which is more than that.
 */
export const FILLER = filler("claude_max_api_filler");

/** What {@link FILLER} itself counts shows where it is added to this one. */
export const FIRST_FILLER = filler("claude_max_api_first_filler");

function filler(name: string): Tool {
  return { name, description: WORDS, parameters: { type: "object", properties: {} } };
}
