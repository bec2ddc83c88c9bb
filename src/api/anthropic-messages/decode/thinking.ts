import type { ReasoningEffort } from "../../../core/request.ts";
import type { MessagesBody, ThinkingOption } from "../wire/schema.ts";

/**
 * What the client is told of what the model thinks: its words; `omitted`: only the signatures, by which it can be sent back, as the API
 * does of itself; `none`: nothing.
 */
export type ToldThinking = "words" | "omitted" | "none";

/**
 * The CLI has levels of effort, and no budget: `output_config.effort` is such a level, else what the budget comes close to; else it is
 * the model's own. What turns thinking off goes beside it.
 */
export function decodeThinking({
  thinking,
  output_config,
  tools,
}: Pick<MessagesBody, "thinking" | "output_config" | "tools">) {
  return {
    effort: output_config?.effort ?? effortOf(thinking),
    // Whether it is to think before it answers: what the client says, else what the API does of itself.
    thinks: thinking ? !OFF.has(thinking.type) : ("when-told" as const),
    thinking: toldOf(thinking, (tools ?? []).length > 0),
  };
}

const OFF: ReadonlySet<string> = new Set(["disabled", "between_tools"]);

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

/**
 * Who does not ask for thinking, and offers no tools, reads the answer from the first block on, and finds text there. Who offers some
 * looks what each block is, and sends all back in a loop.
 */
function toldOf(thinking: ThinkingOption | null | undefined, hasTools: boolean): ToldThinking {
  if (!thinking) return hasTools ? "omitted" : "none";
  if (thinking.type === "disabled") return "none";
  return thinking.display === "omitted" ? "omitted" : "words";
}
