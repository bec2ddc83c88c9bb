import type { ModelFacts } from "../../core/backend.ts";
import { isBefore, type ModelName, meansNewest, parseModelName, type Version } from "./model-name.ts";

// What each model can, as far as requests depend on it. What the CLI tells goes before this: the list of its models has the levels
// of effort, and each answer the size of the context. Figures are those that the CLI 2.1.332 works with; the rules are from Anthropic's
// documentation of 2026-11-30: "What's new" and the migration guide of each model, "Thinking", "Effort", "Structured outputs"
// (https://platform.claude.com/docs/en/models/overview). The CLI's own `supportsThinkingOff` is no help: it is false of Haiku 5.5, too,
// whose guide says how to turn thinking off, and of Sonnet 5.5, which has `between_tools`.

/** A forced call is a 400, and so is any word against thinking. */
const OPUS_5_5: ModelFacts = {
  contextTokens: 1_000_000,
  outputTokens: 128_000,
  efforts: ["low", "medium", "high", "xhigh", "max"],
  thinking: "adaptive",
  thinkingOff: "never",
  takesForcedCalls: false,
  takesSampling: false,
  takesStops: true,
  // As all from 4.5 on.
  takesOutputFormat: true,
};

const SONNET_5_5: ModelFacts = { ...OPUS_5_5, thinkingOff: "between_tools" };

/** They think unless they are told not to. */
const VERSION_5: ModelFacts = { ...OPUS_5_5, thinkingOff: "disabled", takesForcedCalls: true };

const FABLE_5: ModelFacts = { ...OPUS_5_5, takesForcedCalls: true };

/** They think where the request says so. */
const VERSION_4_7: ModelFacts = { ...VERSION_5, thinkingOff: "omitted" };

/** The API has it at 1,000,000, which a plan pays for as extra usage: the CLI takes the smaller one, unless told `[1m]`. */
const VERSION_4_6: ModelFacts = {
  ...VERSION_4_7,
  contextTokens: 200_000,
  efforts: ["low", "medium", "high", "max"],
  takesSampling: true,
};

const VERSION_4_5: ModelFacts = { ...VERSION_4_6, outputTokens: 64_000, efforts: [], thinking: "budgeted" };

const OPUS_4_5: ModelFacts = { ...VERSION_4_5, efforts: ["low", "medium", "high"] };

type Generation = readonly [since: Version, facts: ModelFacts];

const FABLE: readonly Generation[] = [
  [[5, 1], OPUS_5_5],
  [[0, 0], FABLE_5],
];

/** By family, the newest generation first. */
const FAMILIES: Readonly<Record<string, readonly Generation[]>> = {
  opus: [
    [[5, 5], OPUS_5_5],
    [[5, 0], VERSION_5],
    [[4, 7], VERSION_4_7],
    [[4, 6], VERSION_4_6],
    [[0, 0], OPUS_4_5],
  ],
  sonnet: [
    [[5, 5], SONNET_5_5],
    [[5, 0], VERSION_5],
    [[4, 6], VERSION_4_6],
    [[0, 0], VERSION_4_5],
  ],
  haiku: [
    [[5, 0], VERSION_5],
    [[0, 0], VERSION_4_5],
  ],
  fable: FABLE,
  mythos: FABLE,
};

/** A version that is not known is taken to be like the newest of its family that is, and another family like the newest model. */
export function factsOf(name: ModelName | undefined): ModelFacts {
  const generations = FAMILIES[name?.family ?? ""];
  const found = generations?.find(([since]) => name?.version === undefined || !isBefore(name.version, since));
  const facts = found?.[1] ?? OPUS_5_5;
  return name?.isLarge ? { ...facts, contextTokens: OPUS_5_5.contextTokens } : facts;
}

/** What a model of this name can, as far as that is known before a CLI was asked. */
export function presumedFacts(id: string): ModelFacts {
  const name = parseModelName(id.slice(id.lastIndexOf("/") + 1));
  return factsOf(name && meansNewest(name) ? { ...name, version: undefined } : name);
}
