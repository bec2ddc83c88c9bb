import type { ChatResult } from "../../core/collect.ts";
import { encodeUsage, sumUsage } from "../openai-usage.ts";
import { choiceOf, headOf } from "./wire.ts";

export type ResultOptions = {
  /** Seconds since the epoch. */
  readonly created: number;
  /** What is put before the text of each choice. */
  readonly echoes: readonly string[];
};

/** Finished completions, one choice each, as a `text_completion`. It goes by the id and model of the first. */
export function encodeResult(results: readonly [ChatResult, ...ChatResult[]], { created, echoes }: ResultOptions) {
  return {
    ...headOf(results[0], created),
    choices: results.map(({ text, finishReason }, index) =>
      choiceOf((echoes[index] ?? "") + text, index, finishReason),
    ),
    usage: encodeUsage(sumUsage(results.map(({ usage }) => usage))),
  };
}
