import type { ThinkingBlock, Turn } from "./request.ts";

export function thinkingOf({ content }: Turn): readonly ThinkingBlock[] {
  return content.filter((block) => block.type === "thinking");
}

export function hasThinking(turns: readonly Turn[]): boolean {
  return turns.some(({ content }) => content.some(({ type }) => type === "thinking"));
}

/** By what the API knows thinking again. */
export function signatureOf(block: ThinkingBlock): string {
  return "redacted" in block ? block.redacted : block.signature;
}

/** The conversation as it is told where nobody can say what was thought. */
export function withoutThinking(turns: readonly Turn[]): Turn[] {
  return turns.map((turn) => ({ ...turn, content: turn.content.filter(({ type }) => type !== "thinking") }));
}
