import { type Betas, isOpen, THINKING_COUNT } from "../betas.ts";
import { type ApiBlock, blocksOf, type MessagesBody } from "../messages-body.ts";
import { modelOf, omitsByDefault, thinksByDefault } from "../models.ts";
import type { ReplyBlock } from "../reply.ts";
import { isThinking, linkTo, Prefix, sign } from "../thinking-signature.ts";
import { tokensOf } from "../tokens.ts";

// What of a reply's thinking the request gets to see: Anthropic's "Thinking" (configuring thinking, controlling thinking display) of 2026-11-30.

/** Thinking as the answer has it. `tokens`: of all that was thought, also where none of it is shown. */
export type SettledThinking = {
  readonly type: "thinking";
  readonly chunks: readonly string[];
  readonly signature: string;
  readonly tokens: number;
};

export type SettledBlock = Exclude<ReplyBlock, { type: "thinking" }> | SettledThinking;

/** Whether a model thinks when it is asked so. */
export function isAskedToThink({ model, thinking }: MessagesBody): boolean {
  if (thinking === undefined) return thinksByDefault(modelOf(model));
  return thinking.type !== "disabled";
}

/** The blocks without thinking that the request turns off. */
export function withoutUnasked(blocks: readonly ReplyBlock[], request: MessagesBody): readonly ReplyBlock[] {
  if (isAskedToThink(request)) return blocks;
  return blocks.filter(({ type }) => type !== "thinking" && type !== "redacted_thinking");
}

/** Shows and signs the thinking. `model` is the one that answers, `jsonOf` tells how a block is sent back. */
export function settleThinking(
  blocks: readonly ReplyBlock[],
  request: MessagesBody,
  model: string,
  jsonOf: (block: Exclude<ReplyBlock, { type: "thinking" }>) => ApiBlock,
): SettledBlock[] {
  if (!blocks.some(({ type }) => type === "thinking")) return blocks.filter((block) => block.type !== "thinking");
  const isOmitted = isThinkingOmitted(request);
  const prefix = new Prefix(request);
  let last: string | undefined;
  for (const { role, content } of request.messages) {
    for (const block of blocksOf(content)) {
      prefix.add(role, block);
      if (isThinking(block)) last = String(block.signature ?? block.data);
    }
  }
  return blocks.map((block) => {
    if (block.type !== "thinking") {
      prefix.add("assistant", jsonOf(block));
      if (block.type === "redacted_thinking") last = block.data;
      return block;
    }
    const chunks = isOmitted ? [] : block.chunks;
    const signature = sign(chunks.join(""), { model, prefix: prefix.hash, before: linkTo(last) });
    last = signature;
    return { type: "thinking", chunks, signature, tokens: tokensOf(block.chunks.join("")) };
  });
}

/** A progress estimate is a multiple of this. */
const QUANTUM = 50;

/** The deltas of a thinking block. How much was thought is estimated where its text is left out and the client knows of it. */
export function thinkingDeltas({ chunks, signature, tokens }: SettledThinking, betas: Betas): object[] {
  const isCounted = isOpen(THINKING_COUNT, betas);
  const estimate = { type: "thinking_delta", thinking: "", estimated_tokens: Math.ceil(tokens / QUANTUM) * QUANTUM };
  return [
    ...(isCounted && chunks.length === 0 && tokens > 0 ? [estimate] : []),
    ...chunks.map((thinking) => ({ type: "thinking_delta", thinking, ...(isCounted && { estimated_tokens: null }) })),
    { type: "signature_delta", signature },
  ];
}

function isThinkingOmitted({ model, thinking }: MessagesBody): boolean {
  const display = thinking?.display ?? undefined;
  return display === undefined ? omitsByDefault(modelOf(model)) : display === "omitted";
}
