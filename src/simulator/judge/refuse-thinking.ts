import { type ApiBlock, blocksOf, isFields, type MessagesBody } from "../messages-body.ts";
import { everyFamily, has, type Model, modelOf, type Since } from "../models.ts";
import { isOfText, isThinking, linkTo, Prefix, readSignature, type Signed } from "../thinking-signature.ts";
import type { Problem } from "./refuse-fields.ts";

// What becomes of thinking that a request sends back: Anthropic's "Preserved thinking", "Prefix checks on thinking blocks" and "Fix a thinking
// block bound to a different conversation" of 2026-11-30, the "What's new" of Opus 5.5 and of Fable 5.1 and 5.2, and the types of its SDK for
// TypeScript, 1.14.0. Of blocks older than the prefix check nothing is known of what was before them.

/** A thinking block that was taken out, or left in although it does not fit: in the API's own form. */
export type InputTransformation = {
  readonly type: "thinking_dropped" | "thinking_mismatch_allowed";
  readonly path: string;
  readonly reason: "model_binding_mismatch" | "prefix_binding_mismatch";
};

export type ThinkingRules = {
  /** Signatures, and data of redacted thinking, that are taken as they are. */
  readonly trusted: ReadonlySet<string>;
  /** Whether the account is one for which the prefix check is enforced: those created since 2026-08-31. */
  readonly isNewAccount: boolean;
};

export type ThinkingVerdict = { readonly problem: Problem; readonly transformations: readonly InputTransformation[] };

const CHECKS_PREFIX: Since = { fable: 5.1, mythos: 5.1, opus: 5.5, sonnet: 5.5, haiku: 5.5 };
/** The prefix check is enforced for every account. */
const ALWAYS_ENFORCED: Since = { fable: 5.2, mythos: 5.2 };

/** Judges the thinking of a conversation, block by block. */
export function judgeThinking(body: MessagesBody, rules: ThinkingRules): ThinkingVerdict {
  const transformations: InputTransformation[] = [];
  if (!body.messages.some(({ content }) => blocksOf(content).some(isThinking)))
    return { problem: undefined, transformations };
  const prefix = new Prefix(body);
  const behaviour = isFields(body.thinking?.block_binding)
    ? body.thinking.block_binding.prefix_mismatch_behavior
    : undefined;
  const reader = modelOf(body.model);
  const isEnforced =
    rules.isNewAccount ||
    (behaviour ?? undefined) !== undefined ||
    (reader !== undefined && has(reader, ALWAYS_ENFORCED));
  let last: string | undefined;
  for (const [index, { role, content }] of body.messages.entries()) {
    // The rest of a turn's consecutive thinking goes with a block that is dropped.
    let isDropping = false;
    for (const [position, block] of blocksOf(content).entries()) {
      if (!isThinking(block)) {
        isDropping = false;
        prefix.add(role, block);
        continue;
      }
      const path = `messages.${index}.content.${position}`;
      const { signature, signed, problem } = verify(path, block, rules.trusted);
      if (problem !== undefined) return { problem, transformations };
      const before = last;
      last = signature;
      if (signed === undefined) continue;
      if (!reads(body.model, signed.model)) {
        transformations.push({ type: "thinking_dropped", path, reason: "model_binding_mismatch" });
        continue;
      }
      if (!isPrefixChecked(reader, signed) || (fits(signed, prefix, before) && !isDropping)) continue;
      if (isEnforced && behaviour !== "drop_block") return { problem: boundElsewhere(path), transformations };
      isDropping = isEnforced;
      const type = isEnforced ? "thinking_dropped" : "thinking_mismatch_allowed";
      transformations.push({ type, path, reason: "prefix_binding_mismatch" });
    }
  }
  return { problem: undefined, transformations };
}

type Verified = { readonly signature?: string; readonly signed?: Signed; readonly problem?: string };

/** That the block is one that the API gave, unchanged. */
function verify(path: string, block: ApiBlock, trusted: ReadonlySet<string>): Verified {
  if (block.type === "redacted_thinking") {
    const data = String(block.data);
    return trusted.has(data)
      ? { signature: data }
      : { problem: `${path}: Invalid \`data\` in \`redacted_thinking\` block` };
  }
  const signature = String(block.signature);
  if (trusted.has(signature)) return { signature };
  const signed = readSignature(signature);
  if (signed === undefined || !isOfText(signed, String(block.thinking))) {
    return { problem: `${path}: Invalid \`signature\` in \`thinking\` block` };
  }
  return { signature, signed };
}

/** Whether what was before the block is still there. Thinking may be left out from the beginning on, but not from between. */
function fits({ prefix, before }: Signed, now: Prefix, last: string | undefined): boolean {
  return prefix === now.hash && (last === undefined || before === linkTo(last));
}

function isPrefixChecked(reader: Model | undefined, { model }: Signed): boolean {
  const writer = modelOf(model);
  return reader !== undefined && writer !== undefined && has(reader, CHECKS_PREFIX) && has(writer, CHECKS_PREFIX);
}

function boundElsewhere(path: string): string {
  return (
    `${path}: Invalid \`signature\` in \`thinking\` block. The block is bound to a different conversation. ` +
    'Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block".'
  );
}

const UNBOUND: Since = everyFamily(5.1);

/** Whether a model may read what another one thought; it is dropped without a word where it may not. */
export function reads(readerName: string, writerName: string): boolean {
  if (readerName === writerName) return true;
  const reader = modelOf(readerName);
  const writer = modelOf(writerName);
  if (reader === undefined || writer === undefined) return false;
  if (reader.family === writer.family && reader.version === writer.version) return true;
  if (reader.family === "haiku" && has(reader, UNBOUND)) return false;
  const isFable = ({ family }: Model) => family === "fable" || family === "mythos";
  if (writer.family === "haiku" && has(writer, UNBOUND)) return true;
  if (isFable(writer)) {
    if (!isFable(reader) || reader.version < writer.version) return false;
    return writer.version < 5.2 || reader.version === writer.version;
  }
  if (has(writer, UNBOUND)) return writer.family === "opus" && isFable(reader) && reader.version === 5.1;
  return reader.version >= writer.version;
}
