import { EFFORT_LEVELS, type EffortLevel, type ReasoningEffort } from "../../core/request.ts";

/** `unset`: the model takes no word on that, and the CLI is to send none. Undefined: the CLI's own level. */
export type TurnEffort = ReasoningEffort | "unset" | undefined;

/**
 * What a model of these levels makes of the effort asked for: the nearest, and of two the lesser. Not to think at all is a matter of its
 * own, and asks for the least besides.
 */
export function nearestEffort(effort: ReasoningEffort | undefined, levels: readonly EffortLevel[]): TurnEffort {
  if (levels.length === 0) return "unset";
  const asked = levelOf(effort);
  if (levels.includes(asked)) return effort;
  const distance = (level: EffortLevel) => Math.abs(EFFORT_LEVELS.indexOf(level) - EFFORT_LEVELS.indexOf(asked));
  return levels.reduce((best, level) => (distance(level) < distance(best) ? level : best));
}

/** The level that is meant; the CLI's own, of models that it does not know, is `high`, and it has none below `low`. */
export function levelOf(effort: ReasoningEffort | undefined): EffortLevel {
  if (effort === "none" || effort === "minimal") return "low";
  return effort ?? "high";
}
