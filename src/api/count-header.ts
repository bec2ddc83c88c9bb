import type { TokenCount } from "../core/backend.ts";

/** Says whether the tokens of a request were counted in one piece: see {@link TokenCount}. */
const COUNTED_HEADER = "x-claude-max-api-counted";

export function countedHeader({ counted }: TokenCount): Record<string, string> {
  return { [COUNTED_HEADER]: counted };
}
