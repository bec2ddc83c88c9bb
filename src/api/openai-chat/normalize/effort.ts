import { type Fields, isJsonObject } from "../../../core/json.ts";
import { effortOfBudget, type ReadEffort, readEffort } from "../../lenient/read-words.ts";
import type { Notes } from "../../lenient/rewrite.ts";

/**
 * `reasoning_effort`, from wherever programs say how much is to be thought. The first place that says a level decides, in the order of
 * `PLACES`; what any place says beside that is noted.
 */
export function textbookEffort(body: Fields, notes: Notes): Fields {
  const own = readEffort(body.reasoning_effort);
  const fields: Record<string, unknown> = {};
  let effort = own;
  for (const [field, read] of PLACES) {
    const value = body[field];
    if (value === undefined || value === null) continue;
    const said = read(value);
    // Not understood: it stays, and is named like every field that nobody knows.
    if (said === undefined) continue;
    fields[field] = undefined;
    for (const name of said.others) notes.add(`${field}.${name}`);
    if (said.effort === "unset") continue;
    if (effort === undefined || effort === "unset") effort = said.effort;
    else if (effort !== said.effort) notes.add(field);
  }
  const told = body.reasoning_effort;
  // What is there and not understood is for the schema to refuse.
  const isUnknown = told !== undefined && told !== null && own === undefined;
  return { ...fields, reasoning_effort: isUnknown ? told : effort === "unset" ? undefined : (effort ?? told) };
}

type Said = {
  readonly effort: ReadEffort;
  /** What is said beside that, without effect. */
  readonly others: readonly string[];
};

/** A word or a switch: `think: false`. */
function readWord(value: unknown): Said | undefined {
  const effort = readEffort(value);
  return effort && { effort, others: [] };
}

function readBudget(value: unknown): Said | undefined {
  return typeof value === "number" ? { effort: effortOfBudget(value), others: [] } : undefined;
}

/** An object: OpenRouter's `reasoning`, Anthropic's `thinking`. */
function readObject(value: unknown): Said | undefined {
  if (!isJsonObject(value)) return readWord(value);
  const { type, enabled, effort, max_tokens, budget_tokens, summary, generate_summary, ...others } = value;
  const isOff = enabled === false || readEffort(type) === "none";
  const level = readEffort(effort);
  if (effort !== undefined && effort !== null && level === undefined) return undefined;
  const budget = [max_tokens, budget_tokens].find((tokens) => typeof tokens === "number");
  const said = level ?? (budget === undefined ? "unset" : effortOfBudget(budget));
  return {
    effort: isOff ? "none" : said,
    others: Object.keys(others).filter((name) => others[name] !== null && others[name] !== false),
  };
}

/** The variables of a local model's template, of which a switch may be one. */
function readTemplate(value: unknown): Said | undefined {
  if (!isJsonObject(value)) return undefined;
  const { enable_thinking, thinking, reasoning_effort, ...others } = value;
  const told = [reasoning_effort, enable_thinking, thinking].map(readEffort).find((effort) => effort !== undefined);
  return { effort: told ?? "unset", others: Object.keys(others) };
}

const PLACES: readonly (readonly [field: string, read: (value: unknown) => Said | undefined])[] = [
  ["reasoning", readObject],
  ["output_config", readObject],
  ["thinking", readObject],
  ["think", readWord],
  ["enable_thinking", readWord],
  ["thinking_budget", readBudget],
  ["chat_template_kwargs", readTemplate],
];
