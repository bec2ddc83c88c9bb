import type { FinishReason } from "../../core/event.ts";

const FINISH_REASONS = {
  stop: "stop",
  length: "length",
  "content-filter": "content_filter",
  // Nothing is offered to be called; if it were, this is what an answer that just ended says.
  "tool-calls": "stop",
} as const;

export type Head = { id: string; object: "text_completion"; created: number; model: string };

/** What an answer and every chunk of a stream begin with. */
export function headOf({ id, model }: { readonly id: string; readonly model: string }, created: number): Head {
  return { id: `cmpl-${id.replace(/^msg_/, "")}`, object: "text_completion", created, model };
}

export function choiceOf(text: string, index: number, reason: FinishReason | undefined) {
  return { text, index, logprobs: null, finish_reason: reason ? FINISH_REASONS[reason.unified] : null };
}
