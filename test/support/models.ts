import type { Model, ModelFacts } from "../../src/core/backend.ts";
import { ApiError } from "../../src/core/error.ts";

export const FACTS: ModelFacts = {
  contextTokens: 1_000_000,
  outputTokens: 128_000,
  efforts: ["low", "medium", "high", "xhigh", "max"],
  thinking: "adaptive",
  thinkingOff: "omitted",
  takesForcedCalls: true,
  takesSampling: true,
  takesStops: true,
  takesOutputFormat: true,
};

/** A model that takes a call that is forced, and thinks only where the request says so. */
export const TAKES_FORCED_CALLS = "claude-opus-4-8";

/** The one of these that a name means, with or without a provider before it, as a backend answers. */
export function modelAmong(models: readonly Model[], name: string): Model {
  const bare = name.slice(name.lastIndexOf("/") + 1);
  const found = models.find(({ id }) => id === name) ?? models.find(({ id }) => id === bare);
  if (found === undefined) throw new ApiError("model_not_found", `There is no ${name}.`, { param: "model" });
  return found;
}
