import { ApiError } from "../../core/error.ts";
import type { ChatRequest, ContentBlock, Turn } from "../../core/request.ts";
import { isBlank, normalizeTurns } from "../../core/turns.ts";
import { ignoredFields } from "./parameters.ts";
import type { ChatCompletionBody, ChatMessage } from "./schema.ts";

export type DecodedRequest = {
  readonly request: ChatRequest;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Fields without effect, for the response header. */
  readonly ignored: readonly string[];
};

/** A validated body as a request. Throws an ApiError that names the field for what a schema cannot say. */
export function decodeRequest(body: ChatCompletionBody): DecodedRequest {
  const stream = body.stream ?? false;
  const stop = typeof body.stop === "string" ? [body.stop] : (body.stop ?? []);
  return {
    request: {
      model: body.model,
      ...decodeConversation(body.messages),
      tools: [],
      toolChoice: { type: "auto" },
      parallelToolCalls: true,
      maxOutputTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
      effort: body.reasoning_effort ?? undefined,
      stop: stop.filter((text) => text !== ""),
    },
    stream,
    includeUsage: stream && (body.stream_options?.include_usage ?? false),
    ignored: ignoredFields(body, body.messages),
  };
}

/**
 * Instructions go to the system slot, in their order, wherever in the conversation they stand: Claude has one place for them.
 * A request that consists of instructions alone asks with the last of them.
 */
function decodeConversation(messages: readonly ChatMessage[]): { system: string; turns: Turn[] } {
  const instructions = messages
    .filter(isInstruction)
    .map(({ content }) => joinText(content))
    .filter((text) => !isBlank(text));
  const turns = normalizeTurns(messages.flatMap((message) => (isInstruction(message) ? [] : [decodeTurn(message)])));
  const onlyInstructions = messages.every(isInstruction);
  if (onlyInstructions) {
    const question = instructions.pop() ?? "";
    turns.push(...normalizeTurns([{ role: "user", content: [{ type: "text", text: question }] }]));
  }
  if (turns.at(-1)?.role !== "user") throw noQuestion(messages);
  return { system: instructions.join("\n\n"), turns };
}

type Instruction = Extract<ChatMessage, { role: "system" | "developer" }>;

function isInstruction(message: ChatMessage): message is Instruction {
  return message.role === "system" || message.role === "developer";
}

function decodeTurn(message: Exclude<ChatMessage, Instruction>): Turn {
  if (message.role === "user") return { role: "user", content: decodeContent(message.content) };
  const content = decodeContent(message.content ?? "");
  if (content.length > 0) return { role: "assistant", content };
  return { role: "assistant", content: decodeContent(message.refusal ?? "") };
}

type Part = { type: "text"; text: string } | { type: "refusal"; refusal: string };

/** One block per part: the parts of a message stay apart, as the client sent them. */
function decodeContent(content: string | readonly Part[]): ContentBlock[] {
  const parts: readonly Part[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  const texts = parts.map((part) => (part.type === "text" ? part.text : part.refusal));
  return texts.filter((text) => text !== "").map((text) => ({ type: "text", text }));
}

function joinText(content: string | readonly { text: string }[]): string {
  return typeof content === "string" ? content : content.map(({ text }) => text).join("\n\n");
}

function noQuestion(messages: readonly ChatMessage[]): ApiError {
  const index = messages.findLastIndex((message) => !isInstruction(message));
  const role = messages[index]?.role;
  if (role === "user") {
    return new ApiError(
      "invalid_request",
      `messages[${index}].content is empty: the last user message must have text.`,
      {
        param: `messages[${index}].content`,
      },
    );
  }
  const last = role === undefined ? "all are empty" : `messages[${index}] is from the ${role}`;
  return new ApiError("invalid_request", `The conversation must end with a user message that has text, but ${last}.`, {
    param: "messages",
  });
}
