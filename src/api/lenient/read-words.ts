import { REASONING_EFFORTS, type ReasoningEffort } from "../../core/request.ts";

/** Who speaks, whatever a program calls it. `tool` answers a call, by its id or, as `function`, by its name. */
export type ReadRole = "user" | "assistant" | "system" | "developer" | "tool" | "function";

const OTHER_ROLES: ReadonlyMap<string, ReadRole> = new Map([
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
  return ROLES.find((known) => known === word) ?? OTHER_ROLES.get(word);
}

/** `unset`: how much the model thinks is left to it. */
export type ReadEffort = ReasoningEffort | "unset";

const UNSET: ReadonlySet<unknown> = new Set(["", "auto", "default", "unset", "on", "enabled", "adaptive", true]);
const OFF: ReadonlySet<unknown> = new Set(["off", "disabled", false]);

/** How much is thought, in a word or a switch. Undefined: it is none that is known. */
export function readEffort(value: unknown): ReadEffort | undefined {
  const word = typeof value === "string" ? value.trim().toLowerCase() : value;
  if (UNSET.has(word)) return "unset";
  return OFF.has(word) ? "none" : REASONING_EFFORTS.find((effort) => effort === word);
}

/** Upper bounds of the budgets, in tokens, by which clients mean a level: 1,024, 8,192, 16,384 and 31,999 or more are usual. */
const BUDGETS = [
  [0, "none"],
  [4_096, "low"],
  [12_288, "medium"],
  [24_576, "high"],
] as const;

/** The level that a budget comes close to. A negative one leaves it to the model. */
export function effortOfBudget(tokens: number): ReadEffort {
  if (tokens < 0) return "unset";
  return BUDGETS.find(([most]) => tokens <= most)?.[1] ?? "max";
}
