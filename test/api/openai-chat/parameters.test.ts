import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ignoredFields, PARAMETERS } from "../../../src/api/openai-chat/parameters.ts";
import { ChatCompletionBody } from "../../../src/api/openai-chat/schema.ts";
import { decode } from "./decode-body.ts";

/** The fields of OpenAI's request (npm openai 7.57.0); `moderation` and others are newer than most documentation. */
const OPENAI_FIELDS =
  "audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages metadata modalities " +
  "model moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention " +
  "reasoning_effort response_format safety_identifier seed service_tier stop store stream stream_options temperature tool_choice " +
  "tools top_logprobs top_p user verbosity web_search_options";

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

describe("the ignored fields of a request are", () => {
  test.each<[string, object, string[]]>([
    ["those that have no effect", { seed: 7, temperature: 0.2, user: "me" }, ["seed", "temperature", "user"]],
    ["those that nobody knows", { top_k: 5, "x-custom": {}, k: 1 }, ["top_k", "x-custom", "k"]],
    ["not those that are honoured", { max_tokens: 5, stop: "END", stream: true, reasoning_effort: "low" }, []],
    ["not those that are null", { seed: null, top_k: null }, []],
    ["not the empty lists that are let through", { tools: [], functions: [] }, []],
    [
      "tool choices that something is asked with",
      { tool_choice: "auto", function_call: "auto" },
      ["tool_choice", "function_call"],
    ],
  ])("%s", (_, fields, ignored) => {
    expect(decode(fields).ignored).toEqual(ignored);
  });

  test.each<[string, unknown]>([
    ["n", 1],
    ["tool_choice", "none"],
    ["function_call", "none"],
    ["temperature", 1],
    ["top_p", 1],
    ["frequency_penalty", 0],
    ["presence_penalty", 0],
    ["logprobs", false],
    ["top_logprobs", 0],
    ["verbosity", "medium"],
    ["service_tier", "auto"],
    ["store", false],
  ])("not %s when it is %j, which asks for nothing special", (field, neutral) => {
    expect(decode({ [field]: neutral }).ignored).toEqual([]);
  });

  test("the names of speakers, told once", () => {
    const speaker = (name: string | null) => ({ role: "user", content: "a", name });
    expect(decode({ messages: [speaker("Ann"), speaker("Bob")] }).ignored).toEqual(["messages.name"]);
    expect(decode({ messages: [speaker(null)] }).ignored).toEqual([]);
  });

  test.each(["__proto__", "constructor", "hasOwnProperty"])("also one named %s, as every object has", (name) => {
    const body = JSON.parse(`{"${name}":1}`);
    expect(ignoredFields(body, [])).toEqual([name]);
  });

  test("at most thirty, however many a client sends", () => {
    const fields = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`field_${index}`, 1]));
    expect(decode(fields).ignored).toEqual(Array.from({ length: 30 }, (_, index) => `field_${index}`));
  });
});

describe("the name of a field never gets into a header", () => {
  test.each([
    ["with a line end", "a\r\nset-cookie: b=c"],
    ["with a line end at its end", "a\n"],
    ["with a comma", "a,b"],
    ["with a space", "a b"],
    ["with a letter beyond ASCII", "é"],
    ["without a character", ""],
    ["of more than 64 characters", "a".repeat(65)],
  ])("%s", (_, name) => {
    expect(ignoredFields({ [name]: 1, seed: 1 }, [])).toEqual(["seed"]);
  });

  test("whatever it is, unless it is harmless there", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.constant(1)), (body) => {
        const value = ignoredFields(body, []).join(",");
        expect(value).toMatch(/^[\w.,-]*$/);
        expect(new Headers({ "x-test": value }).get("x-test")).toBe(value);
      }),
    );
  });
});
