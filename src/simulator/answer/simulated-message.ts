import { type Betas, BLOCK_BINDING, isOpen } from "../betas.ts";
import type { InputTransformation } from "../judge/refuse-thinking.ts";
import { type ApiBlock, type ApiFields, isFields, type MessagesBody } from "../messages-body.ts";
import { inferenceGeo, modelOf } from "../models.ts";
import type { MessageOptions, Reply } from "../reply.ts";
import { tokensOf } from "../tokens.ts";
import { isServerTool } from "../tool-shapes.ts";
import { applyOutputLimits } from "./output-limits.ts";
import type { PromptUsage } from "./prompt-cache.ts";
import { isAskedToThink, type SettledBlock, settleThinking, withoutUnasked } from "./shown-thinking.ts";

export type MessageReply = Extract<Reply, { kind: "message" }>;

/** The answer to one request, settled before its first byte: streamed or not, it is the same. */
export type SimulatedMessage = Readonly<ReturnType<typeof composeMessage>>;

type MessageUsage = PromptUsage & {
  readonly output_tokens: number;
  readonly output_tokens_details?: { readonly thinking_tokens: number };
  readonly server_tool_use?: { readonly web_search_requests: number; readonly web_fetch_requests: number };
};

/** What of a request, beside its body, its answer depends on. */
export type AnswerTerms = { readonly betas: Betas; readonly transformations: readonly InputTransformation[] };

/** Settles what is answered: the reply within the request's limits, and what it costs. */
export function composeMessage(
  reply: MessageReply,
  request: MessagesBody,
  prompt: PromptUsage,
  { betas, transformations }: AnswerTerms,
) {
  const { options } = reply;
  const model = options.model ?? request.model;
  const limited = options.verbatim
    ? { blocks: reply.blocks, endedBy: undefined }
    : applyOutputLimits(withoutUnasked(reply.blocks, request), request);
  const hasToolUse = limited.blocks.some((block) => block.type === "tool_use");
  const blocks = settleThinking(limited.blocks, request, model, blockJson);
  const stopReason = limited.endedBy?.stopReason ?? options.stopReason ?? (hasToolUse ? "tool_use" : "end_turn");
  return {
    id: simulatedId("msg"),
    model,
    blocks,
    stopReason,
    stopSequence: limited.endedBy ? limited.endedBy.stopSequence : (options.stopSequence ?? null),
    stopDetails: stopReason === "refusal" ? { type: "refusal", ...(options.stopDetails ?? UNNAMED) } : null,
    usage: usageOf(blocks, prompt, request, options.usage),
    betas,
    // In which the API's own tools ran.
    container: containerOf(request),
    // Where the request says which edits of the context to make, the answer tells which were made.
    tellsEdits: isFields(request.context_management),
    // Told where the client asks for them.
    transformations: isOpen(BLOCK_BINDING, betas) ? transformations : undefined,
  };
}

const UNNAMED = { category: null, explanation: null };

/** Ids that nobody can take for the real API's. */
export function simulatedId(kind: "msg" | "req" | "toolu" | "srvtoolu" | "container"): string {
  return `${kind}_sim_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
}

/** The whole message as one JSON value: the answer to a request without `stream`. It has no reason to stop while it begins. */
export function messageJson(message: Omit<SimulatedMessage, "stopReason"> & { readonly stopReason: string | null }) {
  return {
    id: message.id,
    type: "message",
    role: "assistant",
    model: message.model,
    content: message.blocks.map((block) => blockJson(block)),
    stop_reason: message.stopReason,
    stop_sequence: message.stopSequence,
    stop_details: message.stopDetails,
    ...(message.container && { container: message.container }),
    usage: { ...message.usage, service_tier: "standard", inference_geo: inferenceGeo(modelOf(message.model)) },
    ...(message.tellsEdits && { context_management: NO_EDITS }),
    ...(message.transformations && { input_transformations: message.transformations }),
  };
}

/** The simulator makes none. */
export const NO_EDITS = { applied_edits: [] };

/** Recorded answers tell of every call who made it. */
const DIRECT_CALLER = { caller: { type: "direct" } };

export function blockJson(block: SettledBlock): ApiBlock {
  const content = block.chunks.join("");
  switch (block.type) {
    case "text":
      return { type: "text", text: content, ...(block.citations && { citations: block.citations }) };
    case "tool_use":
      return { type: "tool_use", id: block.id, name: block.name, input: parseInput(content), ...DIRECT_CALLER };
    case "thinking":
      return { type: "thinking", thinking: content, signature: block.signature };
    case "redacted_thinking":
      return { type: "redacted_thinking", data: block.data };
    case "native":
      return block.chunks.length === 0 ? block.block : { ...block.block, input: parseInput(content) };
  }
}

function parseInput(partialJson: string): unknown {
  try {
    return JSON.parse(partialJson);
  } catch {
    return {};
  }
}

function containerOf({ tools = [], container }: MessagesBody): object | undefined {
  if (!tools.some(({ type }) => String(type).startsWith("code_execution_"))) return undefined;
  const named = isFields(container) ? container.id : container;
  const id = typeof named === "string" ? named : simulatedId("container");
  return { id, expires_at: new Date(Date.now() + 300_000).toISOString() };
}

function usageOf(
  blocks: readonly SettledBlock[],
  prompt: PromptUsage,
  request: MessagesBody,
  overrides: MessageOptions["usage"] = {},
): MessageUsage {
  const { thinking_tokens = thoughtIn(blocks), ...others } = overrides;
  const created = overrides.cache_creation_input_tokens;
  const isThinking = isAskedToThink(request) || thinking_tokens > 0;
  return {
    ...prompt,
    ...(created !== undefined && {
      cache_creation: { ephemeral_5m_input_tokens: created, ephemeral_1h_input_tokens: 0 },
    }),
    output_tokens: blocks.reduce((sum, block) => sum + tokensIn(block), 0),
    ...others,
    ...(isThinking && { output_tokens_details: { thinking_tokens } }),
    ...((request.tools ?? []).some(({ type }) => isServerTool(type)) && { server_tool_use: serverToolUsage(blocks) }),
  };
}

function serverToolUsage(blocks: readonly SettledBlock[]) {
  const calls = blocks.flatMap((block) =>
    block.type === "native" && block.block.type === "server_tool_use" ? [block.block] : [],
  );
  const count = (wanted: string) => calls.filter(({ name }: ApiFields) => name === wanted).length;
  return { web_search_requests: count("web_search"), web_fetch_requests: count("web_fetch") };
}

function thoughtIn(blocks: readonly SettledBlock[]): number {
  return blocks.reduce((sum, block) => sum + (block.type === "thinking" ? tokensIn(block) : 0), 0);
}

function tokensIn(block: SettledBlock): number {
  return block.type === "thinking" ? block.tokens : tokensOf(block.chunks.join(""));
}
