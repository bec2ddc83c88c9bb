import type { Tool } from "../../core/request.ts";

/** Two characters for a token, or more than one token: over a thousand in all. */
const WORDS = "a b c d e f g h ".repeat(250);

const NAME = "claude_max_api_filler";

/**
 * Of the tokens of all tools the CLI takes some hundreds off, and tells nothing where that leaves nothing. So every request's tools are
 * counted together with this one, which is more than that. None of them has its name: the CLI takes two of one name for one.
 */
export function fillerBeside(tools: readonly Pick<Tool, "name">[]): Tool {
  const taken = new Set(tools.map(({ name }) => name));
  let name = NAME;
  for (let number = 2; taken.has(name); number++) name = `${NAME}_${number}`;
  return filler(name);
}

/** What the other filler itself counts shows where it is added to this one. */
export const FIRST_FILLER = filler("claude_max_api_first_filler");

function filler(name: string): Tool {
  return { name, description: WORDS, parameters: { type: "object", properties: {} } };
}
