import { ApiError, type ApiErrorDetails, type ErrorCode } from "../../core/error.ts";
import { loggedOut } from "../cli/installation.ts";
import { isFullId, isSameModel } from "../models/model-name.ts";
import { planLimitError } from "../plan/verdict.ts";
import type { InitMessage, RateLimitMessage, ResultMessage } from "../protocol/messages.ts";
import { STRUCTURED_OUTPUT, type ToolNames } from "../tools/tool-names.ts";

/** What a process was told to ask, where that is looked at: the model, its tools, and whether the CLI's own is among them. */
export type Expected = { readonly model?: string; readonly names?: ToolNames; readonly output?: unknown };

/** Why the turn that begins is not the one that was asked for, and what is no longer known of its process. */
export function initFault(
  { model, tools }: InitMessage,
  { model: wanted, names, output }: Expected,
): { readonly doubt: string; readonly error: ApiError } | undefined {
  // The CLI asks another one in place of one that it takes to be gone.
  if (wanted !== undefined && typeof model === "string" && isFullId(wanted) && !isSameModel(model, wanted)) {
    const message = `The Claude CLI does not ask ${wanted}, but ${model} in its place. Name that, or another of GET /v1/models.`;
    return { doubt: "another model", error: new ApiError("model_not_found", message, { param: "model" }) };
  }
  // It lists the functions whose calls it opens. It would answer calls of one that it does not know by itself; and of one that nobody
  // offered, where the request has no tools, the model is told by the CLI.
  const offered = output ? tools.filter((name) => name !== STRUCTURED_OUTPUT) : tools;
  const { foreign, missing } = names?.compare(offered) ?? { foreign: [], missing: [] };
  if (foreign.length === 0 && missing.length === 0) return undefined;
  const which = foreign.length > 0 ? "a tool that is none of this request's" : "not all tools of this request";
  const error = new ApiError("cli_failed", `The Claude CLI offers the model ${which}.`);
  return { doubt: "other tools than were offered", error };
}

export type FailureFacts = {
  readonly result: ResultMessage;
  /** The `error` of the CLI's synthetic assistant message: `rate_limit`, `authentication_failed`, `server_error` … */
  readonly notice?: string;
  /** The last limits seen in this turn. */
  readonly rateLimit?: RateLimitMessage["rate_limit_info"];
  /** Seconds since the epoch. */
  readonly now: number;
};

/** Why a turn failed, told by the CLI's fields; its prose only serves as the explanation. */
export function resultError(facts: FailureFacts): ApiError {
  const { result, notice } = facts;
  const status = result.api_error_status ?? STATUS_OF_TYPE.get(result.api_error_type ?? "");
  const said = result.result?.replace(/^API Error: /, "") ?? "";
  const failure = (code: ErrorCode, message: string, details: ApiErrorDetails = {}) =>
    new ApiError(code, message, { upstreamStatus: status, ...details });

  // `blocking_limit`: older versions measure the conversation themselves, and do not even ask.
  if (result.terminal_reason === "prompt_too_long" || result.terminal_reason === "blocking_limit")
    return failure("context_length_exceeded", "The conversation is longer than the model's context window.");
  if (result.subtype === "error_max_structured_output_retries") return noStructuredOutput();
  const wanted = MEANS_MONEY.find(([, words]) => words.test(said))?.[0];
  if (wanted !== undefined || status === 402 || notice === "billing_error")
    return failure(wanted ?? "payment_required", `Anthropic wants to be paid for this beside your plan: ${said}`);
  if (status === 413) return failure("request_too_large", `The Anthropic API refused the request: ${said}`);
  if (status === 429 || notice === "rate_limit") return rateLimitError(facts, said);
  if (status === 403 || notice === "oauth_org_not_allowed")
    return failure("permission_denied", `The Anthropic API refused access: ${said}`);
  if (status === 401 || notice === "authentication_failed") {
    if (status === undefined) return loggedOut();
    const mend = "Run `claude` and log in again with /login.";
    return failure("login_refused", `The Anthropic API refused the Claude CLI's login (${said}). ${mend}`);
  }
  if (status === 404 || notice === "model_not_found") {
    const message = `The Anthropic API does not offer this model to the account: ${said}`;
    return failure("model_not_found", message, { param: "model" });
  }
  if (status === 529 || notice === "overloaded") {
    const message = "The Anthropic API is overloaded. Try again in a moment.";
    return failure("overloaded", message, { upstreamStatus: status ?? 529 });
  }
  const isForGood = notice === "invalid_request" || result.terminal_reason === "image_error";
  if (status === undefined ? isForGood : status < 500 && !PASSING.has(status))
    return failure("invalid_request", `The Anthropic API refused the request: ${said}`);
  // An error that has a name came from the API, not from the way there, though nobody knows the name yet.
  if (status !== undefined || result.api_error_type)
    return failure("upstream_error", `The Anthropic API failed: ${said}`);
  if (notice === "server_error" || notice === "unknown")
    return failure("upstream_unreachable", `The connection to the Anthropic API failed: ${said}`);
  const reason = result.terminal_reason ?? result.subtype;
  return failure("upstream_error", `The Claude CLI could not answer (${reason}): ${said}`);
}

/** What the API says of a request that it refuses before the model is asked, which is not paid; undefined: something else went wrong. */
export function refusalIn(error: ApiError): string | undefined {
  if (error.code !== "invalid_request" || error.upstreamStatus !== 400) return undefined;
  return error.message.replace(/^.*?refused the request: (?:400 )?/s, "");
}

/** The statuses of what an error within a stream is called, where there is none. */
const STATUS_OF_TYPE: ReadonlyMap<string, number> = new Map([
  ["invalid_request_error", 400],
  ["authentication_error", 401],
  ["billing_error", 402],
  ["permission_error", 403],
  ["not_found_error", 404],
  ["request_too_large", 413],
  ["rate_limit_error", 429],
  ["api_error", 500],
  ["timeout_error", 504],
  ["overloaded_error", 529],
]);

/** Of those below 500, the ones that time heals: a timeout, a conflict, one that came too early. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425]);

/**
 * What Anthropic, or the CLI for it, says where money is wanted. No field tells: the status is that of any wrong request, or of a limit
 * of the moment, which clients would try again. Only the beginning counts, since a message may quote what it is about.
 */
const MEANS_MONEY: readonly (readonly [ErrorCode, RegExp])[] = [
  ["extra_usage_only", /^(?:\d{3} )?Third-party apps now draw from your (?:extra usage|usage credits)\b/i],
  ["extra_usage_exhausted", /^(?:\d{3} )?You're out of (?:extra usage|usage credits)\b/i],
  ["extra_usage_required", /^(?:\d{3} )?(?:Extra usage is|Usage credits(?: are)?) required for\b/i],
];

/** After some attempts the CLI gives up: as an error when the model violated the schema, as a success when it wrote plain text. */
export function noStructuredOutput(): ApiError {
  return new ApiError("upstream_error", "The model gave no JSON that satisfies the schema that was asked for.");
}

/** The CLI passed on an answer in part, and may wait for us as we would for it. */
export function partOfAnswer(missing: "its beginning" | "its end"): ApiError {
  return new ApiError("cli_failed", `The Claude CLI told an answer of the model without ${missing}.`);
}

/** The plan's own limit names its reset; a throttled request of the moment does not. */
function rateLimitError({ rateLimit, now, result }: FailureFacts, said: string): ApiError {
  const upstreamStatus = result.api_error_status ?? 429;
  const resetsAt = rateLimit?.status === "rejected" ? rateLimit.resetsAt : undefined;
  if (resetsAt === undefined || resetsAt === null) {
    return new ApiError("rate_limited", `The Anthropic API limits requests right now: ${said}`, { upstreamStatus });
  }
  return planLimitError({ type: rateLimit?.rateLimitType ?? undefined, resetsAt }, now, upstreamStatus);
}
