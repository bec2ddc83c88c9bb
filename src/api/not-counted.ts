import { ApiError } from "../core/error.ts";
import type { Parameter } from "./parameter.ts";

/** What becomes, where tokens are counted, of a field that is about the answer. */
export const ABOUT_THE_ANSWER: Parameter = {
  treatment: "ignored",
  note: "It is about the answer: nothing is counted of it.",
};

/** The same of one that is usually false. */
export const ABOUT_THE_ANSWER_IF_TRUE: Parameter = { ...ABOUT_THE_ANSWER, neutral: false };

/** Structured output is asked for by a tool of the CLI's own, which it does not have counted. */
export function formatNotCounted(param: string): ApiError {
  const why =
    "only Anthropic's API can count, it is asked through the Claude CLI, and that has no schema of structured output counted";
  const advice = "An estimate would be a made-up figure; the `usage` of an answer has the API's own";
  return new ApiError(
    "not_implemented",
    `'${param}' asks for structured output, whose tokens cannot be counted: ${why}. ${advice}.`,
    { param },
  );
}
