import type { ReasoningEffort } from "../../core/request.ts";
import type { MessagesBody, ThinkingOption } from "./schema.ts";

export type DecodedThinking = {
  readonly effort: ReasoningEffort | undefined;
  readonly thinks?: false;
  /** Whether the client is told what the model thinks. */
  readonly showThinking: boolean;
};

/**
 * The CLI has levels of effort, and no budget: `output_config.effort` is such a level, else what the budget comes close to; else it is
 * the model's own. What turns thinking off goes beside it.
 */
export function decodeThinking({
  thinking,
  output_config,
}: Pick<MessagesBody, "thinking" | "output_config">): DecodedThinking {
  const isOff = thinking?.type === "disabled" || thinking?.type === "between_tools";
  const effort = output_config?.effort ?? effortOf(thinking);
  return { effort, ...(isOff ? { thinks: false } : {}), showThinking: isShown(thinking) };
}

/** From which budget on a level is meant: those that programs send for it. */
const BUDGETS = [
  [31_999, "max"],
  [16_384, "high"],
  [8_192, "medium"],
] as const;

function effortOf(thinking: ThinkingOption | null | undefined): ReasoningEffort | undefined {
  if (thinking?.type !== "enabled") return undefined;
  const budget = thinking.budget_tokens ?? undefined;
  return budget === undefined ? undefined : (BUDGETS.find(([least]) => budget >= least)?.[1] ?? "low");
}

/** Who does not ask for thinking reads the answer from the first block on, and finds text there. */
function isShown(thinking: ThinkingOption | null | undefined): boolean {
  return Boolean(thinking) && thinking?.type !== "disabled" && thinking?.display !== "omitted";
}
