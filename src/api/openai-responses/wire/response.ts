import type { ApiError, ErrorCode } from "../../../core/error.ts";
import type { Usage } from "../../../core/event.ts";
import { encodeSearches } from "../../answer/openai-usage.ts";
import { ERROR_STATUS } from "../../errors/error-status.ts";
import { openAiErrorBody } from "../../errors/openai-error.ts";
import type { Named } from "../../fields/shared-fields.ts";
import type { ResponseBody } from "../../responses-shape/wire/schema.ts";
import { type ClientsTool, isClients, type Tool } from "../../responses-shape/wire/tools.ts";
import { type AnySearch, isAnthropicSearch, isSearch, isSearchTool } from "../../web-search/schema.ts";
import type { OutputItem } from "./output-items.ts";

type ResponseStatus = "queued" | "in_progress" | "completed" | "incomplete" | "failed" | "cancelled";

export type ResponseObject = ReturnType<typeof settingsOf> & {
  readonly id: string;
  readonly object: "response";
  readonly created_at: number;
  readonly completed_at: number | null;
  readonly status: ResponseStatus;
  readonly model: string;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly incomplete_details: { readonly reason: "max_output_tokens" | "content_filter" | "pause_turn" } | null;
  readonly output: readonly OutputItem[];
  readonly usage: ReturnType<typeof encodeUsage> | null;
};

/** What the response tells of its request: what was asked, and where that has no effect, what was done. */
function settingsOf(body: ResponseBody) {
  return {
    background: body.background ?? false,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    metadata: body.metadata ?? {},
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: {
      effort: body.reasoning?.effort ?? null,
      summary: body.reasoning?.summary ?? body.reasoning?.generate_summary ?? null,
    },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: "default",
    store: body.store ?? true,
    text: { format: body.text?.format ?? { type: "text" } },
    tool_choice: body.tool_choice ?? "auto",
    tools: (body.tools ?? []).filter(isTold).map(told),
    truncation: "disabled",
    // Sampling is Claude's own, which these are the neutral values of.
    temperature: 1,
    top_p: 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    top_logprobs: 0,
    ...(typeof body.user === "string" ? { user: body.user } : {}),
  };
}

type ToldTool = ClientsTool | AnySearch;

function isTold(tool: Tool): tool is ToldTool {
  return isClients(tool) || isSearch(tool);
}

/** A tool with all fields that it has: what was not said of a function is null. */
function told(tool: ToldTool): object {
  if (isSearchTool(tool)) return { filters: null, search_context_size: "medium", user_location: null, ...tool };
  if (isAnthropicSearch(tool)) return tool;
  if (tool.type === "namespace") return { ...tool, tools: tool.tools.map(told) };
  if (tool.type === "custom") return tool;
  const { description = null, parameters = null, strict = null } = tool;
  return { ...tool, description, parameters, strict };
}

/** OpenAI's input count includes cached tokens; Anthropic counts them apart. */
export function encodeUsage(usage: Usage) {
  const input = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cacheReadTokens, cache_write_tokens: usage.cacheWriteTokens },
    output_tokens: usage.outputTokens,
    // The count must be there; the API does not tell it of every answer.
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: input + usage.outputTokens,
    ...encodeSearches(usage),
  };
}

/** The codes on which clients act, beside those of {@link failureCode}. */
const FAILURE_CODES: Partial<Readonly<Record<ErrorCode, string>>> = {
  context_length_exceeded: "context_length_exceeded",
  rate_limited: "rate_limit_exceeded",
  queue_full: "rate_limit_exceeded",
  plan_limit_reached: "insufficient_quota",
  payment_required: "insufficient_quota",
  extra_usage_only: "insufficient_quota",
  extra_usage_exhausted: "insufficient_quota",
  extra_usage_required: "insufficient_quota",
};

/** What would fail again is the request's fault, since clients try again after a server's; the message says what it is. */
function failureCode({ code }: ApiError): string {
  return FAILURE_CODES[code] ?? (ERROR_STATUS[code].status < 499 ? "invalid_prompt" : "server_error");
}

/** A failure within a stream. Some clients read from the message when to try again. */
export function encodeFailure(error: ApiError) {
  const code = failureCode(error);
  const { message } = openAiErrorBody(error).error;
  const seconds = code === "rate_limit_exceeded" ? error.retryAfterSeconds : undefined;
  return { code, message: seconds === undefined ? message : `${message} Please try again in ${Math.ceil(seconds)}s.` };
}

/** A response that nothing has happened to yet. */
export function newResponse(id: string, createdAt: number, body: Named<ResponseBody>): ResponseObject {
  return {
    id,
    object: "response",
    created_at: createdAt,
    completed_at: null,
    status: body.background ? "queued" : "in_progress",
    model: body.model,
    error: null,
    incomplete_details: null,
    output: [],
    usage: null,
    ...settingsOf(body),
  };
}
