import { ModelCatalog } from "../../../src/claude/models/catalog.ts";
import type { ReportedModel } from "../../../src/claude/protocol/messages.ts";

/** What 2.1.330 reports for a subscription, descriptions aside. */
export const REPORTED: readonly ReportedModel[] = [
  { value: "default", resolvedModel: "claude-sonnet-5-5", displayName: "Default (recommended)" },
  { value: "sonnet", resolvedModel: "claude-sonnet-5-5", displayName: "Sonnet" },
  { value: "fable", resolvedModel: "claude-fable-5-2", displayName: "Fable" },
  { value: "opus", resolvedModel: "claude-opus-5-5", displayName: "Opus" },
  { value: "haiku", resolvedModel: "claude-haiku-5-5", displayName: "Haiku" },
];

export function catalog({ aliases = {} as Record<string, string>, reported = REPORTED } = {}): ModelCatalog {
  const models = new ModelCatalog(aliases);
  models.update(reported);
  return models;
}

export const namesOf = (models: ModelCatalog) => models.list().map(({ id }) => id);
