/** A request for one completion, free of any dialect and of the CLI: what every decoder produces and the backend serves. */
export type ChatRequest = {
  /** The model as the client named it; the backend resolves aliases and refuses unknown names. */
  readonly model: string;
  /** The whole system prompt; empty when the client sent none. */
  readonly system: string;
  /** The conversation in alternating turns; the last one is the user's. See {@link normalizeTurns}. */
  readonly turns: readonly Turn[];
  /** Upper bound of generated tokens, thinking included; undefined leaves it to the model. */
  readonly maxOutputTokens?: number;
  readonly effort?: ReasoningEffort;
  /** Texts at which the answer ends; the text itself is not part of the answer. */
  readonly stop: readonly string[];
};

export type Role = "user" | "assistant";

export type Turn = { readonly role: Role; readonly content: readonly ContentBlock[] };

export type TextBlock = { readonly type: "text"; readonly text: string };

/** What a turn consists of. */
export type ContentBlock = TextBlock;

/** How much the model thinks. `none` and `minimal` ask for no thinking at all where the model allows that. */
export const REASONING_EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
export type ReasoningEffort = (typeof REASONING_EFFORTS)[number];
