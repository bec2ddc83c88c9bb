import { type Fields, isJsonObject, type Json, type JsonObject } from "../../../core/json.ts";
import { each, type Steps } from "../../../core/pace.ts";
import type { NativeBlock } from "../../../core/request.ts";
import { saysNothing } from "../../validation/unread-fields.ts";
import { PARAMETERS } from "../parameters.ts";
import type { Message } from "../wire/messages.ts";

const MARK = "cache_control";

/** A block that the API gets as the client wrote it, without marks for the cache. */
export function nativeBlock(block: object): NativeBlock {
  return { type: "native", block: isJsonObject(block) ? withoutMarks(block) : {} };
}

/** The block without its mark, and those of the blocks that it consists of. What tools were asked, and gave, may hold any names. */
function withoutMarks(block: JsonObject): JsonObject {
  const { [MARK]: _, ...fields } = block;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, ofBlocks(name, value)]));
}

function ofBlocks(name: string, value: Json): Json {
  if (name === "content" && Array.isArray(value))
    return value.map((inner) => (isBlock(inner) ? withoutMarks(inner) : inner));
  return name === "source" && isJsonObject(value) ? withoutMarks(value) : value;
}

function isBlock(value: Json): value is JsonObject {
  return isJsonObject(value) && typeof value.type === "string";
}

/** Those of the fields that are set. */
export function fieldsOf(block: object, ...names: readonly string[]): { readonly native?: JsonObject } {
  const set = Object.entries(block).filter(
    ([name, value]) => names.includes(name) && value !== undefined && value !== null,
  );
  const native = Object.fromEntries(set);
  return set.length > 0 && isJsonObject(native) ? { native } : {};
}

const CALLS: ReadonlySet<unknown> = new Set(["server_tool_use", "mcp_tool_use"]);

/** What of the sources of an answer the CLI (2.1.330) tells the API again; of what rests on documents it says no more that it did. */
const KEPT_CITATION = "web_search_result_location";

/**
 * The places of what reaches the CLI and what it takes out of a conversation, whatever is said: the advice of another model, calls of Anthropic's
 * tools that have no result in the same message, and what texts rest on beside searches.
 */
export function* lostBlocks(messages: readonly Message[]): Steps<string[]> {
  const lost = new Set<string>();
  yield* each(messages, ({ role, content }) => {
    if (role !== "assistant" || typeof content === "string") return;
    const blocks: readonly object[] = content;
    const answered = new Set(blocks.flatMap((block) => ("tool_use_id" in block ? [block.tool_use_id] : [])));
    for (const block of blocks) {
      if (!isJsonObject(block)) continue;
      const { type, name, id, citations } = block;
      const isAdvice = type === "advisor_tool_result" || (type === "server_tool_use" && name === "advisor");
      if (type === "text" && hasLost(citations)) lost.add("messages.content.citations");
      if (isAdvice || (CALLS.has(type) && !answered.has(id))) lost.add(`messages.content.${String(type)}`);
    }
  });
  return [...lost];
}

function hasLost(citations: unknown): boolean {
  return Array.isArray(citations) && citations.some((each) => isJsonObject(each) && each.type !== KEPT_CITATION);
}

/** Fields that say nothing to us and all to the API. */
const NATIVE = ["container", "context_management", "mcp_servers", "compaction"];

/** Within `output_config`, those that are read here. */
const READ_OUTPUT: ReadonlySet<string> = new Set(["effort", "format"]);

/** What other programs send along, of other dialects and of their own libraries. Anthropic has none of these, and would refuse the request. */
const FOREIGN: ReadonlySet<string> = new Set(
  `n user stop seed store functions function_call response_format stream_options logit_bias logprobs top_logprobs
   presence_penalty frequency_penalty parallel_tool_calls max_completion_tokens max_output_tokens
   max_tokens_to_sample reasoning_effort reasoning verbosity modalities audio prediction web_search_options prompt
   suffix echo best_of text input instructions include previous_response_id conversation truncation background
   max_tool_calls safety_identifier prompt_cache_key prompt_cache_retention moderation min_p top_a mirostat
   repetition_penalty length_penalty do_sample provider models route transforms plugins usage enable_thinking
   thinking_budget chat_template_kwargs think options keep_alive format raw extra_body extra_headers extra_query
   headers betas anthropic_beta anthropic_version timeout api_key api_base base_url drop_params num_retries
   max_retries mock_response tags session_id chat_id id user_id title features files variables model_item
   background_tasks params`.split(/\s+/),
);

type NativeFields = { readonly native?: JsonObject };

/**
 * The fields of a body for the API as they are: those that only it reads, and, unless the server is strict, those of a newer API. A
 * compaction is asked for alone: the CLI says of itself how the context is to be managed.
 */
export function nativeFields(body: Fields, strict: boolean): NativeFields {
  const names = Object.keys(body).filter((name) => NATIVE.includes(name) || (!strict && isNewer(name)));
  const told = Object.fromEntries(names.flatMap((name) => (saysNothing(body[name]) ? [] : [[name, body[name]]])));
  const native = {
    ...told,
    ...(saysNothing(body.compaction) ? {} : { context_management: null }),
    ...outputConfig(body.output_config),
  };
  return isJsonObject(native) && Object.keys(native).length > 0 ? { native } : {};
}

/** The body without those that travel, for what has no effect. */
export function withoutNative(body: Fields, { native = {} }: NativeFields): Fields {
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => name === "output_config" || !Object.hasOwn(native, name)),
  );
}

function isNewer(name: string): boolean {
  return (
    /^[a-z][a-z0-9_]*$/.test(name) &&
    !Object.hasOwn(PARAMETERS, name) &&
    !FOREIGN.has(name) &&
    !name.startsWith("litellm_")
  );
}

/** What it says beside what is read here. */
function outputConfig(config: unknown): object {
  if (!isJsonObject(config)) return {};
  const others = Object.entries(config).filter(([name, value]) => !READ_OUTPUT.has(name) && !saysNothing(value));
  return others.length === 0 ? {} : { output_config: Object.fromEntries(others) };
}
