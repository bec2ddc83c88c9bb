import type { MessagesBody } from "./messages-body.ts";
import { applyOutputLimits } from "./output-limits.ts";
import type { PromptUsage } from "./prompt-cache.ts";
import type { MessageOptions, Reply, ReplyBlock } from "./reply.ts";
import { tokensOf } from "./token-count.ts";

export type MessageReply = Extract<Reply, { kind: "message" }>;

/** The answer to one request, settled before its first byte: streamed or not, it is the same. */
export type SimulatedMessage = {
  readonly id: string;
  readonly model: string;
  readonly blocks: readonly ReplyBlock[];
  readonly stopReason: string;
  readonly stopSequence: string | null;
  readonly usage: MessageUsage;
};

export type MessageUsage = PromptUsage & {
  readonly output_tokens: number;
  readonly output_tokens_details?: { readonly thinking_tokens: number };
};

/** Settles what is answered: the reply within the request's limits, and what it costs. */
export function composeMessage(reply: MessageReply, request: MessagesBody, prompt: PromptUsage): SimulatedMessage {
  const { options } = reply;
  const limited = options.verbatim ? { blocks: reply.blocks } : applyOutputLimits(reply.blocks, request);
  const hasToolUse = limited.blocks.some((block) => block.type === "tool_use");
  return {
    id: simulatedId("msg"),
    model: options.model ?? request.model,
    blocks: limited.blocks,
    stopReason: limited.endedBy?.stopReason ?? options.stopReason ?? (hasToolUse ? "tool_use" : "end_turn"),
    stopSequence: limited.endedBy ? limited.endedBy.stopSequence : (options.stopSequence ?? null),
    usage: usageOf(limited.blocks, prompt, options.usage),
  };
}

/** Ids that nobody can take for the real API's. */
export function simulatedId(kind: "msg" | "req" | "toolu"): string {
  return `${kind}_sim_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
}

/** The whole message as one JSON value: the answer to a request without `stream`. */
export function messageJson(message: SimulatedMessage): object {
  return {
    id: message.id,
    type: "message",
    role: "assistant",
    model: message.model,
    content: message.blocks.map(blockJson),
    stop_reason: message.stopReason,
    stop_sequence: message.stopSequence,
    usage: { ...message.usage, service_tier: "standard" },
  };
}

function blockJson(block: ReplyBlock): object {
  const content = block.chunks.join("");
  switch (block.type) {
    case "text":
      return { type: "text", text: content, ...(block.citations && { citations: block.citations }) };
    case "thinking":
      return { type: "thinking", thinking: content, signature: signatureOf(content) };
    case "tool_use":
      return { type: "tool_use", id: block.id, name: block.name, input: parseInput(content) };
    case "redacted_thinking":
      return { type: "redacted_thinking", data: block.data };
    case "native":
      return block.chunks.length === 0 ? block.block : { ...block.block, input: parseInput(content) };
  }
}

/** Opaque to clients; they only have to send it back unchanged. */
export function signatureOf(thinking: string): string {
  return Buffer.from(`simulated signature of ${thinking.length} characters`).toString("base64");
}

function parseInput(partialJson: string): unknown {
  try {
    return JSON.parse(partialJson);
  } catch {
    return {};
  }
}

function usageOf(
  blocks: readonly ReplyBlock[],
  prompt: PromptUsage,
  overrides: MessageOptions["usage"] = {},
): MessageUsage {
  const { thinking_tokens = tokensIn(blocks.filter((block) => block.type === "thinking")), ...others } = overrides;
  const created = overrides.cache_creation_input_tokens;
  const usage = {
    ...prompt,
    ...(created === undefined
      ? {}
      : { cache_creation: { ephemeral_5m_input_tokens: created, ephemeral_1h_input_tokens: 0 } }),
    output_tokens: tokensIn(blocks),
    ...others,
  };
  return thinking_tokens === 0 ? usage : { ...usage, output_tokens_details: { thinking_tokens } };
}

function tokensIn(blocks: readonly ReplyBlock[]): number {
  return blocks.reduce((sum, block) => sum + tokensOf(block.chunks.join("")), 0);
}
