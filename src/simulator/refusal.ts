import { type ApiFields, isFields, listOf, readMessagesBody } from "./messages-body.ts";
import { blankTextProblem, blocksProblem } from "./refuse-blocks.ts";
import { firstProblem, listProblem, type Problem } from "./refuse-fields.ts";
import { modelProblem, prefillProblem } from "./refuse-model.ts";
import { toolTurnsProblem } from "./refuse-tool-turns.ts";
import { toolChoiceProblem, toolsProblem } from "./refuse-tools.ts";

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
  return refuseFields(json, (fields) => maxTokensProblem(fields.max_tokens) ?? prefillProblem(fields));
}

/** The same for a body whose tokens are to be counted: it says nothing of the answer. */
export function refuseCount(json: unknown): Refusal | undefined {
  return refuseFields(json, () => undefined);
}

function refuseFields(json: unknown, limitProblem: (fields: ApiFields) => Problem): Refusal | undefined {
  if (!isFields(json)) return invalid("The request body is not a JSON object");
  const message =
    modelNameProblem(json.model) ??
    limitProblem(json) ??
    messagesProblem(json.messages) ??
    systemProblem(json.system) ??
    stopSequencesProblem(json.stop_sequences) ??
    toolsProblem(json.tools) ??
    toolChoiceProblem(json) ??
    modelProblem(json) ??
    toolTurnsProblem(readMessagesBody(json));
  if (message !== undefined) return invalid(message);
  return hasLoneSurrogate(json) ? invalid("The request body is not valid JSON: no low surrogate in string") : undefined;
}

export function invalid(message: string): Refusal {
  return { status: 400, type: "invalid_request_error", message };
}

function modelNameProblem(model: unknown): Problem {
  if (model === undefined) return "model: Field required";
  if (typeof model !== "string") return "model: Input should be a valid string";
  return model === "" ? "model: String should have at least 1 character" : undefined;
}

function maxTokensProblem(maxTokens: unknown): Problem {
  if (maxTokens === undefined) return "max_tokens: Field required";
  if (typeof maxTokens !== "number" || !Number.isInteger(maxTokens))
    return "max_tokens: Input should be a valid integer";
  return maxTokens < 1 ? "max_tokens: Input should be greater than or equal to 1" : undefined;
}

function messagesProblem(messages: unknown): Problem {
  if (messages === undefined) return "messages: Field required";
  const list = listOf(messages);
  if (list?.length === 0) return "messages: at least one message is required";
  const last = list?.at(-1);
  return listProblem("messages", messages, (place, message) => messageProblem(place, message, message === last));
}

function messageProblem(place: string, { role, content }: ApiFields, isLast: boolean): Problem {
  if (role === undefined) return `${place}.role: Field required`;
  if (!ROLES.includes(role)) {
    return `messages: Unexpected role "${String(role)}". Allowed roles are "user", "assistant" or "system"`;
  }
  if (content === undefined) return `${place}.content: Field required`;
  const isList = Array.isArray(content);
  if (typeof content !== "string" && !isList) return `${place}.content: Input should be a valid list`;
  if (content.length === 0) return emptyContentProblem(place, role, isLast);
  return blocksProblem(place, role, content) ?? blankTextProblem("messages", content);
}

/** The CLI sends system messages without content, and the API takes them. */
function emptyContentProblem(place: string, role: unknown, isLast: boolean): Problem {
  if (role === "system" || (role === "assistant" && isLast)) return undefined;
  if (role === "user") return `${place}: user messages must have non-empty content`;
  return `${place}: all messages must have non-empty content except for the optional final assistant message`;
}

function systemProblem(system: unknown): Problem {
  return system === "" ? undefined : blankTextProblem("system", system);
}

function stopSequencesProblem(stopSequences: unknown): Problem {
  if (stopSequences === undefined || stopSequences === null) return undefined;
  const list = listOf(stopSequences);
  if (list === undefined) return "stop_sequences: Input should be a valid list";
  return firstProblem(list, (entry, index) => {
    if (typeof entry !== "string") return `stop_sequences.${index}: Input should be a valid string`;
    return entry.trim() === "" ? "stop_sequences: each stop sequence must contain non-whitespace" : undefined;
  });
}

/** Half an emoji: legal for JSON.parse, refused by the API's parser. */
function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === "string") return !value.isWellFormed();
  if (Array.isArray(value)) return value.some(hasLoneSurrogate);
  return isFields(value) && Object.values(value).some(hasLoneSurrogate);
}
