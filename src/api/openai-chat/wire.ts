import type { FinishReason } from "../../core/event.ts";

/** How calls are told: as tools, or as the one function call of old. */
export type CallShape = "tool_calls" | "function_call";

const FINISH_REASONS = { stop: "stop", length: "length", "content-filter": "content_filter" } as const;

export function encodeFinishReason({ unified }: FinishReason, callShape: CallShape) {
  return unified === "tool-calls" ? callShape : FINISH_REASONS[unified];
}

/** Reasoning under the one name that most clients look for first: some would show the same text twice under `reasoning`, too. */
export function encodeReasoning(text: string) {
  return { reasoning_content: text };
}

/** The API's message id in OpenAI's form. */
export function completionId(messageId: string): string {
  return `chatcmpl-${messageId.replace(/^msg_/, "")}`;
}
