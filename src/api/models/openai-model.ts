import type { Model } from "../../core/backend.ts";
import { capabilitiesOf } from "./capabilities.ts";

/**
 * A model in OpenAI's shape. What stands behind `owned_by` is no field of OpenAI's: what answers, a name for people, and the figures
 * by all names under which programs look for them.
 */
export function toOpenAiModel(model: Model, startedAt: Date) {
  const { id, displayName, resolvedModel, facts } = model;
  const { contextTokens, outputTokens } = facts;
  return {
    id,
    object: "model",
    created: Math.floor(startedAt.getTime() / 1000),
    owned_by: "anthropic",
    display_name: displayName,
    ...(resolvedModel === undefined ? {} : { resolved_model: resolvedModel }),
    context_length: contextTokens,
    context_window: contextTokens,
    max_input_tokens: contextTokens,
    max_output_tokens: outputTokens,
    max_completion_tokens: outputTokens,
    max_tokens: outputTokens,
    capabilities: capabilitiesOf(facts),
  };
}

export function openAiList(models: readonly Model[], startedAt: Date) {
  return { object: "list", data: models.map((model) => toOpenAiModel(model, startedAt)) };
}
