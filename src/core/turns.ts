import { atOnce, each, type Steps } from "./pace.ts";
import type { ContentBlock, ThinkingBlock, Turn } from "./request.ts";

/**
 * Brings a conversation into the form the Anthropic API itself gives it: neighbouring turns of one role are one turn, and no
 * text block is blank. A blank block keeps its characters by joining a text beside it; a turn that is blank as a whole is
 * dropped, since the API refuses it and it says nothing.
 */
export function normalizeTurns(turns: readonly Turn[]): Turn[] {
  return atOnce(normalizeLong(turns));
}

/** The same of a conversation that may be long. */
export function* normalizeLong(turns: readonly Turn[]): Steps<Turn[]> {
  const merged: Turn[] = [];
  // The content of the last one, once it is put together here.
  let joined: ContentBlock[] | undefined;
  yield* each(turns, (turn) => {
    const content = absorbBlankText(turn.content);
    if (content.length === 0) return;
    const previous = merged.at(-1);
    if (previous?.role !== turn.role) {
      merged.push(content === turn.content ? turn : { role: turn.role, content });
      joined = undefined;
      return;
    }
    if (joined === undefined) {
      joined = [...previous.content];
      merged[merged.length - 1] = { role: turn.role, content: joined };
    }
    for (const block of content) joined.push(block);
  });
  return merged;
}

/** The same blocks where none is blank, which is nearly always. */
function absorbBlankText(blocks: readonly ContentBlock[]): readonly ContentBlock[] {
  if (!hasBlankText(blocks)) return blocks;
  const result: ContentBlock[] = [];
  let pendingBlank = "";
  for (const block of blocks) {
    if (block.type !== "text") {
      result.push(block);
      pendingBlank = "";
    } else if (isBlank(block.text)) {
      const last = result.at(-1);
      if (last?.type === "text") result[result.length - 1] = { ...last, text: last.text + block.text };
      else pendingBlank += block.text;
    } else {
      result.push({ ...block, text: pendingBlank + block.text });
      pendingBlank = "";
    }
  }
  return result;
}

function hasBlankText(blocks: readonly ContentBlock[]): boolean {
  for (const block of blocks) if (block.type === "text" && isBlank(block.text)) return true;
  return false;
}

/**
 * Without thinking that an assistant's turn ends with: nothing came of it, and the API takes no such turn. To be asked of merged turns.
 */
export function withoutLastThoughts(turns: readonly Turn[]): readonly Turn[] {
  const endsWithThought = ({ content }: Turn) => content.at(-1)?.type === "thinking";
  if (!turns.some(endsWithThought)) return turns;
  return turns.map((turn) => {
    const end = turn.content.findLastIndex(({ type }) => type !== "thinking") + 1;
    return endsWithThought(turn) ? { ...turn, content: turn.content.slice(0, end) } : turn;
  });
}

export function isBlank(text: string): boolean {
  // Of most texts the first character tells, without a copy.
  return !/\S/.test(text);
}

/** All the text of a turn in one piece. */
export function textOf({ content }: Turn): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

export function thinkingOf({ content }: Turn): readonly ThinkingBlock[] {
  return content.filter((block) => block.type === "thinking");
}

export function hasThinking(turns: readonly Turn[]): boolean {
  for (const turn of turns) if (hasBlock(turn, "thinking")) return true;
  return false;
}

/** Whether one of the turn's blocks is of a type. A loop: it is asked of each turn of long conversations. */
export function hasBlock({ content }: Turn, type: ContentBlock["type"]): boolean {
  for (const block of content) if (block.type === type) return true;
  return false;
}

/** By what the API knows thinking again. */
export function signatureOf(block: ThinkingBlock): string {
  return "redacted" in block ? block.redacted : block.signature;
}

/** The conversation as it is told where nobody can say what was thought. */
export function withoutThinking(turns: readonly Turn[]): Turn[] {
  return turns.map((turn) => ({ ...turn, content: turn.content.filter(({ type }) => type !== "thinking") }));
}
