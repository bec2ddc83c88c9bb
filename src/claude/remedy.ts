import type { ApiError } from "../core/error.ts";
import type { ChatRequest } from "../core/request.ts";
import type { Logger } from "../observability/logger.ts";
import type { ModelCatalog } from "./models/catalog.ts";
import { learnRule } from "./pool/learn-rule.ts";
import type { OutputWays } from "./pool/output-ways.ts";
import type { KnownThinking } from "./thinking/known-thinking.ts";
import { isThinkingRefusal } from "./thinking/thinking-refusal.ts";

export type RemedyOptions = {
  readonly catalog: ModelCatalog;
  readonly thinking: KnownThinking;
  readonly outputs: OutputWays;
  readonly logger: Logger;
};

/**
 * What helps a request that the API refused before an answer began, and so did not charge: to ask `again`, by what was learnt of it, or
 * in a `fresh` process, since what another one remembers would be refused, too. Undefined: nothing does.
 */
export function remedyOf(
  request: ChatRequest,
  error: ApiError,
  { catalog, thinking, outputs, logger }: RemedyOptions,
): "again" | "fresh" | undefined {
  const { model, turns } = request;
  if (isThinkingRefusal(error)) {
    thinking.refuse(turns);
    logger.warn("asking again without what was thought before", { model, reason: error.message });
    return "fresh";
  }
  if (outputs.learn(request, error)) return "again";
  if (!learnRule(request, error, catalog)) return undefined;
  logger.warn("asking again without what the model does not take", { model, reason: error.message });
  return "again";
}
