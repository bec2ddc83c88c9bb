import type { ReasoningEffort } from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";

/** What can differ from turn to turn in one process. */
export type TurnSettings = {
  readonly effort: ReasoningEffort | undefined;
  readonly maxOutputTokens: number | undefined;
  readonly stop: readonly string[];
};

/** The CLI's levels; it has none below `low`. */
const EFFORT_LEVELS = {
  none: "low",
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "max",
} as const;

/** The API refuses stop sequences of white space only; those are left to our own filter. */
export function splitStops(stop: readonly string[]): { native: string[]; filtered: string[] } {
  return { native: stop.filter((text) => !isBlank(text)), filtered: stop.filter(isBlank) };
}

/**
 * The `settings` of an `apply_flag_settings` request that leads from one turn's settings to the next; undefined when nothing
 * changes. Null and empty strings return to the CLI's default: what one turn set must not reach another.
 */
export function settingsChange(from: TurnSettings | undefined, to: TurnSettings): Record<string, unknown> | undefined {
  // What a new process starts with may come from the user's own configuration: then everything is said.
  const before: Partial<ReturnType<typeof encode>> = from === undefined ? {} : encode(from);
  const after = encode(to);
  const change: Record<string, unknown> = {};
  if (before.effortLevel !== after.effortLevel) change.effortLevel = after.effortLevel;
  const env: Record<string, string> = {};
  if (before.maxTokens !== after.maxTokens) env.CLAUDE_CODE_MAX_OUTPUT_TOKENS = after.maxTokens;
  if (before.extraBody !== after.extraBody) env.CLAUDE_CODE_EXTRA_BODY = after.extraBody;
  if (Object.keys(env).length > 0) change.env = env;
  return Object.keys(change).length === 0 ? undefined : change;
}

function encode({ effort, maxOutputTokens, stop }: TurnSettings) {
  const { native } = splitStops(stop);
  return {
    effortLevel: effort === undefined ? null : EFFORT_LEVELS[effort],
    maxTokens: maxOutputTokens === undefined ? "" : String(maxOutputTokens),
    extraBody: native.length === 0 ? "" : JSON.stringify({ stop_sequences: native }),
  };
}
