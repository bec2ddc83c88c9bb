import type { MessagesBody } from "../messages-body.ts";
import type { ReplyBlock } from "../reply.ts";
import { cutChunks, cutToTokens, tokensOf } from "../tokens.ts";

/** Ends the answer where the model would: before the first stop sequence in its text, or when max_tokens are spent; tells which limit did. */
export function applyOutputLimits(blocks: readonly ReplyBlock[], request: MessagesBody) {
  const kept: ReplyBlock[] = [];
  let tokensLeft = request.max_tokens ?? Number.POSITIVE_INFINITY;
  for (const block of blocks) {
    const content = block.chunks.join("");
    const affordable = cutToTokens(content, tokensLeft);
    const stop = block.type === "text" ? firstStop(affordable, request.stop_sequences ?? []) : undefined;
    if (stop !== undefined) {
      return {
        blocks: withBlock(kept, block, stop.index),
        endedBy: { stopReason: "stop_sequence", stopSequence: stop.sequence },
      };
    }
    if (affordable.length < content.length) {
      return {
        blocks: withBlock(kept, block, affordable.length),
        endedBy: { stopReason: "max_tokens", stopSequence: null },
      };
    }
    kept.push(block);
    tokensLeft -= tokensOf(content);
  }
  return { blocks: kept };
}

/** The sequence that begins first; of those that begin together, the one complete first. */
function firstStop(text: string, sequences: readonly string[]) {
  const found = sequences.map((sequence) => ({ index: text.indexOf(sequence), sequence }));
  return found
    .filter(({ index }) => index !== -1)
    .sort((one, other) => one.index - other.index || one.sequence.length - other.sequence.length)[0];
}

/** Adds the beginning of the block; a block of which nothing remains is not part of the answer. */
function withBlock(kept: readonly ReplyBlock[], block: ReplyBlock, length: number): ReplyBlock[] {
  return length === 0 ? [...kept] : [...kept, { ...block, chunks: cutChunks(block.chunks, length) }];
}
