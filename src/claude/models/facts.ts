import type { ModelFacts } from "../../core/backend.ts";
import { meansNewest } from "./families.ts";
import { isBefore, type ModelName, parseModelName } from "./model-name.ts";

// What each model can, as far as requests depend on it. What the CLI tells goes before this: the list of its models has the levels
// of effort, and each answer the size of the context. Figures are those that the CLI 2.1.332 works with and Anthropic's
// documentation had on 2026-11-30: https://platform.claude.com/docs/en/about-claude/models/overview

const NEWEST: ModelFacts = {
  contextTokens: 1_000_000,
  outputTokens: 128_000,
  efforts: ["low", "medium", "high", "xhigh", "max"],
  thinking: "adaptive",
};

/** The API has it at 1,000,000, which a plan pays for as extra usage: the CLI takes the smaller one, unless told `[1m]`. */
const VERSION_4_6: ModelFacts = {
  contextTokens: 200_000,
  outputTokens: 128_000,
  efforts: ["low", "medium", "high", "max"],
  thinking: "adaptive",
};

const VERSION_4_5: ModelFacts = { contextTokens: 200_000, outputTokens: 64_000, efforts: [], thinking: "budgeted" };

/** The same for a family that differs from its generation. */
const OPUS_4_5: ModelFacts = { ...VERSION_4_5, efforts: ["low", "medium", "high"] };

/** A model that is not known is taken to be like the newest one that is. */
export function factsOf(name: ModelName | undefined): ModelFacts {
  const facts = generationOf(name);
  return name?.isLarge ? { ...facts, contextTokens: NEWEST.contextTokens } : facts;
}

function generationOf(name: ModelName | undefined): ModelFacts {
  if (name?.version === undefined || !isBefore(name.version, [4, 7])) return NEWEST;
  if (!isBefore(name.version, [4, 6])) return VERSION_4_6;
  return name.family === "opus" ? OPUS_4_5 : VERSION_4_5;
}

/** What a model of this name can, as far as that is known before a CLI was asked. */
export function presumedFacts(id: string): ModelFacts {
  const name = parseModelName(id.slice(id.lastIndexOf("/") + 1));
  return factsOf(name && meansNewest(name) ? undefined : name);
}
