import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import type { ResponseStreamParams } from "openai/lib/responses/ResponseStream";
import { isJsonObject, type JsonObject } from "../../../src/core/json.ts";
import type { HttpAnswer } from "./answers.ts";

/**
 * By dialect: what its official SDK puts together from a stream, and `comparable`, which takes from the answer in one piece what the
 * SDK does not gather. Rejects where the SDK does.
 */
export type Accumulator = {
  readonly accumulate: (streamed: HttpAnswer) => Promise<unknown>;
  readonly comparable?: (whole: unknown) => unknown;
  /** Streams of which the SDK makes something of its own. */
  readonly except?: readonly string[];
};

/** Whether that is how an SDK tells a failure. */
export const isFailure = (outcome: unknown) =>
  outcome instanceof OpenAI.APIError ||
  outcome instanceof Anthropic.APIError ||
  (isJsonObject(outcome) && outcome.status === "failed");

const MESSAGES = [{ role: "user" as const, content: "hi" }];

const served = ({ status, type, body }: HttpAnswer) => ({
  apiKey: "any",
  maxRetries: 0,
  fetch: async () => new Response(body, { status, headers: { "content-type": type } }),
});

export const ACCUMULATORS: Readonly<Record<string, Accumulator>> = {
  "openai-chat": {
    accumulate: async (streamed) => {
      const stream = new OpenAI(served(streamed)).chat.completions.stream({ model: "opus", messages: MESSAGES });
      return without(["parsed", "parsed_arguments", ...REASONING], await stream.finalChatCompletion());
    },
    // A stream begins before it is known that calls come instead of a text.
    comparable: (whole) =>
      JSON.parse(JSON.stringify(without(REASONING, whole)).replace('"content":null', '"content":""')),
  },
  "openai-completions": {
    // The SDK reads the chunks, and has nothing that joins them.
    accumulate: async (streamed) => {
      const { completions } = new OpenAI(served(streamed));
      let joined: OpenAI.Completion | undefined;
      for await (const chunk of await completions.create({ model: "opus", prompt: "hi", stream: true })) {
        const [choice] = chunk.choices;
        const [before] = joined?.choices ?? [];
        const text = (before?.text ?? "") + (choice?.text ?? "");
        joined = { ...chunk, choices: [{ ...(choice ?? before ?? NO_CHOICE), text }] };
      }
      return joined;
    },
  },
  "openai-responses": {
    accumulate: async (streamed) => {
      // Without its output, so that the SDK has to make that from the events.
      const body = streamed.body.split("\n").map(withoutFinalOutput).join("\n");
      const params: ResponseStreamParams = { model: "opus", input: "hi" };
      const response = await new OpenAI(served({ ...streamed, body })).responses.stream(params).finalResponse();
      return without(["parsed", "parsed_arguments", "output_parsed", "output_text"], response);
    },
  },
  "anthropic-messages": {
    accumulate: async (streamed) => {
      const stream = new Anthropic(served(streamed)).messages.stream({
        model: "opus",
        max_tokens: 1000,
        messages: MESSAGES,
      });
      return without(["parsed_output"], await stream.finalMessage());
    },
    // It closes arguments that were cut off.
    except: ["call-cut-off"],
  },
};

/** A word of others than OpenAI, of which its SDK keeps the last piece. */
const REASONING = ["reasoning_content"];

const NO_CHOICE = { index: 0, text: "", logprobs: null, finish_reason: "stop" as const };

/** As JSON, without fields of these names at any depth. */
function without(names: readonly string[], value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, member: unknown) => (names.includes(key) ? undefined : member)));
}

function withoutFinalOutput(line: string): string {
  const data = /^data: ({"type":"response\.(?:completed|incomplete)".*)/s.exec(line)?.[1];
  if (data === undefined) return line;
  const event: unknown = JSON.parse(data);
  if (!isJsonObject(event) || !isJsonObject(event.response)) throw new Error(`no event with a response: ${data}`);
  const { output: _, ...response }: JsonObject = event.response;
  return `data: ${JSON.stringify({ ...event, response })}`;
}
