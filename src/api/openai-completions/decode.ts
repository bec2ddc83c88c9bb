import { invalid } from "../../core/error.ts";
import { isJsonObject } from "../../core/json.ts";
import type { Steps } from "../../core/pace.ts";
import type { ChatRequest } from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";
import { ignoredFields } from "../fields/ignored-fields.ts";
import { decodeSampling, decodeStops, type Named } from "../fields/shared-fields.ts";
import { readCount, readFilled, readLimit, readStop, readStreamOptions } from "../lenient/read-options.ts";
import { withFields } from "../lenient/rewrite.ts";
import { unreadFields } from "../validation/unread-fields.ts";
import { PARAMETERS } from "./parameters.ts";
import { type CompletionBody, MAX_TURNS, CompletionBody as Schema } from "./wire.ts";

/** A body of POST /v1/completions as the textbook has it, as far as its spelling is known. */
export function normalizeBody(body: unknown): unknown {
  if (!isJsonObject(body)) return body;
  return withFields(body, {
    ...(body.model === "" ? { model: undefined } : {}),
    stream: readFilled(body.stream),
    stream_options: readStreamOptions(body.stream_options),
    echo: readFilled(body.echo),
    max_tokens: readLimit(body.max_tokens),
    n: readCount(body.n),
    best_of: readCount(body.best_of),
    stop: readStop(body.stop),
  });
}

/** Claude is made to answer, not to go on. An instruct model did both, so the model is told to do either. */
export const CONTINUE =
  "Continue the text of the user's message: write what comes next, and nothing else: no introduction, no repetition of the text, " +
  "no remarks, no code fence that the text has not opened. If the text is a question or an instruction, what comes next is the answer.";

/** The same words for every request, whatever its texts: a process that has this system prompt serves the next one, too. */
export const FILL_IN =
  "The user's message holds the beginning of a text between <before> and </before>, and its end between <after> and </after>. " +
  "Write exactly what belongs between the two, and nothing else: no introduction, no repetition of either, no remarks, no code fence.";

export type DecodedRequest = {
  /** One for each choice: those of the first prompt first. */
  readonly requests: readonly ChatRequest[];
  /** What is put before the answer of each choice; empty unless the client wants its prompt back. */
  readonly echoes: readonly string[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Fields without effect. */
  readonly ignored: readonly string[];
};

/** A validated body as requests. Throws an ApiError that names the field for what a schema cannot say. */
export function* decodeRequest(body: Named<CompletionBody>): Steps<DecodedRequest> {
  const stream = body.stream ?? false;
  const choices = body.n ?? 1;
  if ((body.best_of ?? choices) !== choices) {
    const why = "there are no probabilities to choose the best by";
    throw invalid("best_of", `'best_of' must be the same as 'n', which is ${choices}, but is ${body.best_of}: ${why}.`);
  }
  const prompts = decodePrompts(body);
  const turns = prompts.length * choices;
  if (turns > MAX_TURNS) {
    const asked = `${prompts.length} prompts with 'n' ${choices} make ${turns}`;
    throw invalid("prompt", `A request has at most ${MAX_TURNS} choices, but ${asked}. Send fewer prompts at once.`);
  }
  const each = prompts.flatMap((prompt) => Array.from({ length: choices }, () => prompt));
  return {
    requests: each.map((prompt) => toRequest(prompt, body)),
    echoes: each.map((prompt) => (body.echo ? prompt : "")),
    stream,
    includeUsage: stream && (body.stream_options?.include_usage ?? false),
    ignored: ignoredFields(body, PARAMETERS, yield* unreadFields(Schema, body)),
  };
}

function decodePrompts({ prompt, suffix }: CompletionBody): string[] {
  const isBetween = typeof suffix === "string" && !isBlank(suffix);
  const one = (text: string | number | number[], path: string) => {
    if (typeof text !== "string") {
      throw invalid(path, `'${path}' holds tokens, which only the model they were made for understands: send text.`);
    }
    // At the beginning of a file there is nothing before the cursor.
    if (isBlank(text) && !isBetween) throw invalid(path, `'${path}' is empty: there is nothing to go on with.`);
    return text;
  };
  return typeof prompt === "string"
    ? [one(prompt, "prompt")]
    : prompt.map((text, index) => one(text, `prompt[${index}]`));
}

function toRequest(prompt: string, body: Named<CompletionBody>): ChatRequest {
  const { model, suffix, max_tokens, stop } = body;
  const isBetween = typeof suffix === "string" && !isBlank(suffix);
  const asked = isBetween ? `<before>${prompt}</before>\n<after>${suffix}</after>` : prompt;
  return {
    model,
    system: isBetween ? FILL_IN : CONTINUE,
    turns: [{ role: "user", content: [{ type: "text", text: asked }] }],
    tools: [],
    toolChoice: { type: "auto" },
    parallelToolCalls: true,
    maxOutputTokens: max_tokens ?? undefined,
    // An answer in this form has no place for thinking, and the few tokens it is usually allowed would go on that.
    effort: "none",
    ...decodeSampling(body),
    stop: decodeStops(stop),
  };
}
