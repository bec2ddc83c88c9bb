/** Who speaks, whatever a program calls it. `tool` answers a call, by its id or, as `function`, by its name. */
export type ReadRole = "user" | "assistant" | "system" | "developer" | "tool" | "function";

const OTHER_WORDS: ReadonlyMap<string, ReadRole> = new Map([
  ["human", "user"],
  ["ai", "assistant"],
  ["bot", "assistant"],
  ["model", "assistant"],
  ["ipython", "tool"],
  ["observation", "tool"],
  ["tool_result", "tool"],
  ["tool_response", "tool"],
] as const);

const ROLES: readonly ReadRole[] = ["user", "assistant", "system", "developer", "tool", "function"];

/** Undefined: it is no role that is known. */
export function readRole(role: unknown): ReadRole | undefined {
  if (typeof role !== "string") return undefined;
  const word = role.trim().toLowerCase();
  return ROLES.find((known) => known === word) ?? OTHER_WORDS.get(word);
}
