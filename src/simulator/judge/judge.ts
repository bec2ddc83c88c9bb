import type { Betas } from "../betas.ts";
import { type ApiFields, isFields, listOf, readMessagesBody } from "../messages-body.ts";
import { MODEL_IDS } from "../models.ts";
import { blankTextProblem, blocksProblem } from "./refuse-blocks.ts";
import { containerProblem, messageFieldsProblem, settingsProblem, unknownFieldProblem } from "./refuse-body-fields.ts";
import { extraProblem, firstProblem, listProblem, type Problem } from "./refuse-fields.ts";
import { cacheMarksProblem, maxTokensProblem, mediaProblem, promptLengthProblem } from "./refuse-limits.ts";
import { modelProblem, prefillProblem } from "./refuse-model.ts";
import { outputFormatProblem } from "./refuse-output-format.ts";
import { systemMessagesProblem } from "./refuse-system-messages.ts";
import { type InputTransformation, judgeThinking, type ThinkingRules } from "./refuse-thinking.ts";
import { toolTurnsProblem } from "./refuse-tool-turns.ts";
import { toolChoiceProblem, toolsProblem } from "./refuse-tools.ts";

/** Why the API turns a request down before any model sees it. */
export type Refusal = { readonly status: number; readonly type: string; readonly message: string };

/** The API's documented limit for the Messages endpoint. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const SYSTEM_BLOCK_FIELDS = ["type", "text", "cache_control", "citations"];
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

/** What a request is judged by, beside its body. */
export type RefusalRules = ThinkingRules & {
  /** How long the body is as text. */
  readonly characters: number;
  readonly betas: Betas;
  /** Names beside those of the API's models that are taken for a model's; "any" takes every name. */
  readonly madeUpModels: readonly string[] | "any";
};

export type Verdict = { readonly refusal?: Refusal; readonly transformations: readonly InputTransformation[] };

/**
 * The checks of the parsed body, in the order and with the wording of the real API, as far as they are known. One whose tokens are only to be
 * counted says nothing of the answer.
 */
export function judgeBody(json: unknown, rules: RefusalRules, { isCount = false } = {}): Verdict {
  if (!isFields(json)) return refused(invalid("The request body is not a JSON object"));
  const { betas } = rules;
  const shape =
    modelNameProblem(json.model) ??
    (isCount ? undefined : (maxTokensProblem(json) ?? prefillProblem(json))) ??
    toolChoiceProblem(json) ??
    toolsProblem(json.tools, betas) ??
    messagesProblem(json.messages, betas) ??
    systemProblem(json.system) ??
    settingsProblem(json, betas) ??
    stopSequencesProblem(json.stop_sequences) ??
    unknownFieldProblem(json, betas);
  if (shape !== undefined) return refused(invalid(shape));
  const unknown = unknownModel(json.model, rules.madeUpModels);
  if (unknown !== undefined) return refused(unknown);

  const body = readMessagesBody(json);
  const thinking = judgeThinking(body, rules);
  const problem =
    systemMessagesProblem(json) ??
    modelProblem(json) ??
    cacheMarksProblem(json) ??
    outputFormatProblem(json) ??
    mediaProblem(json) ??
    containerProblem(json) ??
    toolTurnsProblem(body) ??
    thinking.problem ??
    promptLengthProblem(body, rules.characters);
  if (problem !== undefined) return refused(invalid(problem));
  if (hasLoneSurrogate(json)) return refused(invalid("The request body is not valid JSON: no low surrogate in string"));
  return { transformations: thinking.transformations };
}

function refused(refusal: Refusal): Verdict {
  return { refusal, transformations: [] };
}

function unknownModel(name: unknown, madeUp: RefusalRules["madeUpModels"]): Refusal | undefined {
  if (typeof name !== "string" || madeUp === "any" || MODEL_IDS.has(name) || madeUp.includes(name)) return undefined;
  return { status: 404, type: "not_found_error", message: `model: ${name}` };
}

export function invalid(message: string): Refusal {
  return { status: 400, type: "invalid_request_error", message };
}

function modelNameProblem(model: unknown): Problem {
  if (model === undefined) return "model: Field required";
  if (typeof model !== "string") return "model: Input should be a valid string";
  return model === "" ? "model: String should have at least 1 character" : undefined;
}

function messagesProblem(messages: unknown, betas: Betas): Problem {
  if (messages === undefined) return "messages: Field required";
  const list = listOf(messages);
  if (list?.length === 0) return "messages: at least one message is required";
  return (
    listProblem("messages", messages, (place, message) => messageProblem(place, message, betas)) ??
    emptyTurnsProblem(list?.filter(isFields) ?? [])
  );
}

function messageProblem(place: string, message: ApiFields, betas: Betas): Problem {
  const { role, content } = message;
  if (role === undefined) return `${place}.role: Field required`;
  if (!ROLES.includes(role)) {
    return `messages: Unexpected role "${String(role)}". Allowed roles are "user" or "assistant"`;
  }
  const extra = messageFieldsProblem(place, message, betas);
  if (extra !== undefined) return extra;
  if (content === undefined) return `${place}.content: Field required`;
  const isList = Array.isArray(content);
  if (typeof content !== "string" && !isList) return `${place}.content: Input should be a valid array`;
  if (content.length === 0) return undefined;
  if (role === "system") return blocksProblem(place, role, content, betas);
  return blocksProblem(place, role, content, betas) ?? blankTextProblem("messages", content);
}

/** Messages of one role that follow each other are one turn: only all of it must not be empty. System messages are looked at with their place. */
function emptyTurnsProblem(messages: readonly ApiFields[]): Problem {
  return firstProblem(messages, ({ role, content }, index) => {
    if (role === "system" || messages[index - 1]?.role === role || !isEmpty(content)) return undefined;
    const end = messages.findIndex((other, at) => at > index && other.role !== role);
    const turn = messages.slice(index, end === -1 ? undefined : end);
    if (!turn.every((message) => isEmpty(message.content)) || (role === "assistant" && end === -1)) return undefined;
    return role === "user"
      ? `messages.${index}: user messages must have non-empty content`
      : `messages.${index}: all messages must have non-empty content except for the optional final assistant message`;
  });
}

function isEmpty(content: unknown): boolean {
  return content === "" || (Array.isArray(content) && content.length === 0);
}

function systemProblem(system: unknown): Problem {
  if (system !== undefined && typeof system !== "string" && !Array.isArray(system))
    return "system: Input should be a valid array";
  if (system === undefined || system === "") return undefined;
  return systemBlocksProblem(system) ?? blankTextProblem("system", system);
}

function systemBlocksProblem(system: unknown): Problem {
  return firstProblem(listOf(system) ?? [], (block, index) => {
    if (!isFields(block)) return `system.${index}: Input does not match the expected shape.`;
    return extraProblem(`system.${index}`, block, SYSTEM_BLOCK_FIELDS);
  });
}

function stopSequencesProblem(stopSequences: unknown): Problem {
  if (stopSequences === undefined || stopSequences === null) return undefined;
  const list = listOf(stopSequences);
  if (list === undefined) return "stop_sequences: Input should be a valid array";
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
