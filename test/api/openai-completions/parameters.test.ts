import { expect, test } from "bun:test";
import { PARAMETERS } from "../../../src/api/openai-completions/parameters.ts";
import { CompletionBody } from "../../../src/api/openai-completions/schema.ts";

/** The fields of OpenAI's request (npm openai 7.57.0). */
const OPENAI_FIELDS =
  "best_of echo frequency_penalty logit_bias logprobs max_tokens model n presence_penalty prompt seed stop stream stream_options " +
  "suffix temperature top_p user";

test("the table of parameters tells of each of OpenAI's fields, and of no other, what becomes of it", () => {
  expect(Object.keys(PARAMETERS).sort()).toEqual(OPENAI_FIELDS.split(" ").sort());
});

test("the table says `ignored` of exactly the fields that the schema does not read", () => {
  const ignored = Object.entries(PARAMETERS).filter(([, { treatment }]) => treatment === "ignored");
  const unread = OPENAI_FIELDS.split(" ").filter((field) => !Object.hasOwn(CompletionBody.properties, field));
  expect(ignored.map(([field]) => field).sort()).toEqual(unread.sort());
});
