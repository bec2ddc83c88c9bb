import type { Turn } from "../core/request.ts";
import { hasThinking, withoutThinking } from "../core/thinking.ts";

export type WithoutThoughts = {
  readonly turns: readonly Turn[];
  /** The field in which there were some, if there were. */
  readonly thoughts: readonly string[];
};

/**
 * A conversation without what was thought in it: most of that only holds behind the system prompt and the tools, so it is of no use where
 * these are not told with it.
 */
export function withoutThoughts(turns: readonly Turn[], field: string): WithoutThoughts {
  return hasThinking(turns) ? { turns: withoutThinking(turns), thoughts: [field] } : { turns, thoughts: [] };
}
