import { describe, expect, test } from "bun:test";
import { PARAMETERS } from "../../../src/api/openai-chat/parameters.ts";
import { ChatCompletionBody } from "../../../src/api/openai-chat/schema.ts";
import { decode } from "./decode-body.ts";

/** The fields of OpenAI's request (npm openai 7.57.0); `moderation` and others are newer than most documentation. */
const OPENAI_FIELDS =
  "audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages metadata modalities " +
  "model moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention " +
  "reasoning_effort response_format safety_identifier seed service_tier stop store stream stream_options temperature tool_choice " +
  "tools top_logprobs top_p user verbosity web_search_options";

const IGNORED = Object.keys(PARAMETERS).filter((field) => PARAMETERS[field]?.treatment === "ignored");

test.each(IGNORED)("%s is accepted, asks the model for nothing else, and is named as ignored", (field) => {
  const { ignored, ...asked } = decode({ [field]: { of: "any kind" } });
  const { ignored: _, ...plain } = decode({});
  expect(ignored).toEqual([field]);
  expect(asked).toEqual(plain);
});

describe("the table of parameters", () => {
  test("tells of each of OpenAI's fields, and of no other, what becomes of it", () => {
    expect(Object.keys(PARAMETERS).sort()).toEqual(OPENAI_FIELDS.split(" ").sort());
  });

  test("says `ignored` of exactly the fields that the schema does not read", () => {
    const ignored = Object.entries(PARAMETERS).filter(([, { treatment }]) => treatment === "ignored");
    const unread = OPENAI_FIELDS.split(" ").filter((field) => !Object.hasOwn(ChatCompletionBody.properties, field));
    expect(ignored.map(([field]) => field).sort()).toEqual(unread.sort());
  });

  test("explains each", () => {
    expect(Object.entries(PARAMETERS).filter(([, { note }]) => !note.endsWith("."))).toEqual([]);
  });
});
