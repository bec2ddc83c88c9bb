import { EFFORT_LEVELS, type EffortLevel, type ReasoningEffort } from "../../core/request.ts";

/**
 * The effort that a model of these levels makes of the one asked for: the nearest, and of two the lesser. Undefined: it takes no word
 * on that. Not to think at all is a matter of its own, and asks for the least besides.
 */
export function nearestEffort(effort: ReasoningEffort, levels: readonly EffortLevel[]): ReasoningEffort | undefined {
  if (effort === "none" || effort === "minimal") return effort;
  const distance = (level: EffortLevel) => Math.abs(EFFORT_LEVELS.indexOf(level) - EFFORT_LEVELS.indexOf(effort));
  return levels.reduce<EffortLevel | undefined>(
    (best, level) => (best === undefined || distance(level) < distance(best) ? level : best),
    undefined,
  );
}
