import { type ApiFields, isFields, listOf } from "./messages-body.ts";

/** Why the API turns a request down before any model sees it. */
export type Refusal = { readonly status: number; readonly type: string; readonly message: string };

/** The API's documented limit for the Messages endpoint. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const ROLES: readonly unknown[] = ["user", "assistant", "system"];

/** The checks that need no body: who asks, and how much. */
export function refuseCall(headers: Headers, rawBody: string): Refusal | undefined {
  if (!headers.has("authorization") && !headers.has("x-api-key")) {
    return { status: 401, type: "authentication_error", message: "x-api-key header is required" };
  }
  if (Buffer.byteLength(rawBody) > MAX_BODY_BYTES) {
    return { status: 413, type: "request_too_large", message: "Request exceeds the maximum size" };
  }
  return undefined;
}

/** The checks of the parsed body, in the order and with the kind of wording that the real API uses. */
export function refuseBody(json: unknown): Refusal | undefined {
  if (!isFields(json)) return invalid("The request body is not a JSON object");
  const message =
    modelProblem(json.model) ??
    maxTokensProblem(json.max_tokens) ??
    messagesProblem(json.messages) ??
    blankTextProblem("system", json.system) ??
    stopSequencesProblem(json.stop_sequences);
  if (message !== undefined) return invalid(message);
  return hasLoneSurrogate(json) ? invalid("The request body is not valid JSON: no low surrogate in string") : undefined;
}

export function invalid(message: string): Refusal {
  return { status: 400, type: "invalid_request_error", message };
}

function modelProblem(model: unknown): string | undefined {
  if (model === undefined) return "model: Field required";
  if (typeof model !== "string") return "model: Input should be a valid string";
  return model === "" ? "model: String should have at least 1 character" : undefined;
}

function maxTokensProblem(maxTokens: unknown): string | undefined {
  if (maxTokens === undefined) return "max_tokens: Field required";
  if (typeof maxTokens !== "number" || !Number.isInteger(maxTokens))
    return "max_tokens: Input should be a valid integer";
  return maxTokens < 1 ? "max_tokens: Input should be greater than or equal to 1" : undefined;
}

function messagesProblem(messages: unknown): string | undefined {
  if (messages === undefined) return "messages: Field required";
  const list = listOf(messages);
  if (list === undefined) return "messages: Input should be a valid list";
  if (list.length === 0) return "messages: at least one message is required";
  for (const [index, message] of list.entries()) {
    const problem = isFields(message)
      ? messageProblem(index, message, index === list.length - 1)
      : `messages.${index}: Input should be a valid dictionary`;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function messageProblem(index: number, { role, content }: ApiFields, isLast: boolean): string | undefined {
  if (role === undefined) return `messages.${index}.role: Field required`;
  if (!ROLES.includes(role)) {
    return `messages: Unexpected role "${String(role)}". Allowed roles are "user", "assistant" or "system"`;
  }
  if (content === undefined) return `messages.${index}.content: Field required`;
  const isList = Array.isArray(content);
  if (typeof content !== "string" && !isList) return `messages.${index}.content: Input should be a valid list`;
  if (content.length === 0) return emptyContentProblem(index, role, isLast);
  return blankTextProblem("messages", content);
}

/** The CLI sends system messages without content, and the API takes them. */
function emptyContentProblem(index: number, role: unknown, isLast: boolean): string | undefined {
  if (role === "system" || (role === "assistant" && isLast)) return undefined;
  if (role === "user") return `messages.${index}: user messages must have non-empty content`;
  return `messages.${index}: all messages must have non-empty content except for the optional final assistant message`;
}

function blankTextProblem(field: string, content: unknown): string | undefined {
  const blocks = typeof content === "string" ? [{ type: "text", text: content }] : (listOf(content) ?? []);
  const isWholeSystemEmpty = field === "system" && content === "";
  for (const block of isWholeSystemEmpty ? [] : blocks) {
    if (!isFields(block) || block.type !== "text" || typeof block.text !== "string") continue;
    if (block.text === "") return `${field}: text content blocks must be non-empty`;
    if (block.text.trim() === "") return `${field}: text content blocks must contain non-whitespace text`;
  }
  return undefined;
}

function stopSequencesProblem(stopSequences: unknown): string | undefined {
  if (stopSequences === undefined || stopSequences === null) return undefined;
  const list = listOf(stopSequences);
  if (list === undefined) return "stop_sequences: Input should be a valid list";
  for (const [index, entry] of list.entries()) {
    if (typeof entry !== "string") return `stop_sequences.${index}: Input should be a valid string`;
    if (entry.trim() === "") return "stop_sequences: each stop sequence must contain non-whitespace";
  }
  return undefined;
}

/** Half an emoji: legal for JSON.parse, refused by the API's parser. */
function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === "string") return !value.isWellFormed();
  if (Array.isArray(value)) return value.some(hasLoneSurrogate);
  return isFields(value) && Object.values(value).some(hasLoneSurrogate);
}
