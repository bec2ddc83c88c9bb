import { expect, test } from "bun:test";
import { PARAMETERS } from "../../../src/api/openai-completions/parameters.ts";
import { CompletionBody } from "../../../src/api/openai-completions/schema.ts";
import { decode } from "./decode-body.ts";

/** The fields of OpenAI's request (npm openai 7.57.0). */
const OPENAI_FIELDS =
  "best_of echo frequency_penalty logit_bias logprobs max_tokens model n presence_penalty prompt seed stop stream stream_options " +
  "suffix temperature top_p user";

test("the table of parameters tells of each of OpenAI's fields, and of no other, what becomes of it", () => {
  expect(Object.keys(PARAMETERS).sort()).toEqual(OPENAI_FIELDS.split(" ").sort());
});

const IGNORED = Object.keys(PARAMETERS).filter((field) => PARAMETERS[field]?.treatment === "ignored");

test.each(IGNORED)("%s is accepted, asks the model for nothing else, and is named as ignored", (field) => {
  const { ignored, ...asked } = decode({ [field]: { of: "any kind" } });
  const { ignored: _, ...plain } = decode({});
  expect(ignored).toEqual([field]);
  expect(asked).toEqual(plain);
});

test("the table explains each field", () => {
  expect(Object.values(PARAMETERS).filter(({ note }) => !note.endsWith("."))).toEqual([]);
});

test("the table says `ignored` of exactly the fields that the schema does not read", () => {
  const ignored = Object.entries(PARAMETERS).filter(([, { treatment }]) => treatment === "ignored");
  const unread = OPENAI_FIELDS.split(" ").filter((field) => !Object.hasOwn(CompletionBody.properties, field));
  expect(ignored.map(([field]) => field).sort()).toEqual(unread.sort());
});
