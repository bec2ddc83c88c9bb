import type { TSchema } from "typebox";
import type { TokenCount } from "../../core/backend.ts";
import { ApiError } from "../../core/error.ts";
import type { Turn } from "../../core/request.ts";
import { hasThinking, withoutThinking } from "../../core/turns.ts";
import { type Parameter, withoutEffect } from "./parameter.ts";

/** What becomes, where tokens are counted, of a field that is about the answer. */
export const ABOUT_THE_ANSWER: Parameter = withoutEffect("It is about the answer: nothing is counted of it.");

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

/** Says whether the tokens of a request were counted in one piece: see {@link TokenCount}. */
const COUNTED_HEADER = "x-claude-max-api-counted";

export function countedHeader({ counted }: TokenCount): Record<string, string> {
  return { [COUNTED_HEADER]: counted };
}

/** The same as the description of the API has it, with what the answer's body is. */
export function countedResponse(schema: TSchema) {
  return {
    "200": {
      description: "The count.",
      headers: {
        [COUNTED_HEADER]: {
          description: "`whole`: counted in one piece. `parts`: the sum of what was counted apart.",
          required: true,
          schema: { type: "string" as const, enum: ["whole", "parts"] },
        },
      },
      content: { "application/json": { schema } },
    },
  };
}

/**
 * A conversation without what was thought in it: most of that only holds behind the system prompt and the tools, so it is of no use where
 * these are not told with it. `thoughts`: the field in which there were some, if there were.
 */
export function withoutThoughts(turns: readonly Turn[], field: string) {
  return hasThinking(turns) ? { turns: withoutThinking(turns), thoughts: [field] } : { turns, thoughts: [] };
}
