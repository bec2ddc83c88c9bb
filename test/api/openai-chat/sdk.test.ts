import { afterEach, expect, test } from "bun:test";
import OpenAI from "openai";
import { LengthFinishReasonError } from "openai/error";
import { zodFunction, zodResponseFormat } from "openai/helpers/zod";
import { ChatCompletionStream } from "openai/lib/ChatCompletionStream";
import type { RunnableToolFunctionWithoutParse } from "openai/lib/RunnableFunction";
import { z } from "zod";
import { ApiError } from "../../../src/core/error.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import { FINISH, HELLO, play, START, serve, stopServers } from "./chat-server.ts";

// The official SDK throws at streams it cannot put together, and checks more than our own tests would think of.

afterEach(stopServers);

const client = (url: string) => new OpenAI({ baseURL: `${url}/v1`, apiKey: "any", maxRetries: 0 });

const call = (block: number, ...args: string[]): ChatEvent[] => [
  { type: "tool-call-start", block, id: `toolu_${block}`, name: `f${block}` },
  ...args.map((piece): ChatEvent => ({ type: "tool-call-delta", block, args: piece })),
  { type: "tool-call-end", block },
];
const CALLED: ChatEvent = { ...FINISH, reason: { unified: "tool-calls", raw: "tool_use" } };

test.each([false, true])(
  "the SDK's own loop calls the function and sends its result back (stream: %p)",
  async (stream) => {
    const { url, asked } = serve((signal, index) =>
      (index === 0 ? play(START, ...call(1, '{"city":"Rome"}'), CALLED) : play(START, ...HELLO, FINISH))(signal, index),
    );
    const given: unknown[] = [];
    const tool: RunnableToolFunctionWithoutParse = {
      type: "function",
      function: {
        name: "f1",
        description: "F",
        parameters: { type: "object" },
        function: (args) => {
          given.push(args);
          return "sunny";
        },
      },
    };
    const params = { model: "opus", messages: [{ role: "user" as const, content: "hi" }], tools: [tool] };
    const { completions } = client(url).chat;
    const runner = stream ? completions.runTools({ ...params, stream }) : completions.runTools({ ...params, stream });
    expect(await runner.finalContent()).toBe("Hello");
    expect(given).toEqual(['{"city":"Rome"}']);
    expect(asked[1]?.request.turns.slice(1)).toEqual([
      { role: "assistant", content: [{ type: "tool-call", id: "toolu_1", name: "f1", args: '{"city":"Rome"}' }] },
      {
        role: "user",
        content: [{ type: "tool-result", callId: "toolu_1", content: [{ type: "text", text: "sunny" }] }],
      },
    ]);
  },
);

test("the SDK tells several choices of a stream apart", async () => {
  const { url } = serve((signal, index) => play(START, ...(index === 1 ? HELLO : []), FINISH)(signal, index));
  const stream = client(url).chat.completions.stream({
    model: "opus",
    messages: [{ role: "user", content: "hi" }],
    n: 2,
  });
  const { choices } = await stream.finalChatCompletion();
  expect(choices.map(({ index, message }) => [index, message.content])).toEqual([
    [0, ""],
    [1, "Hello"],
  ]);
});

const params = { model: "opus", messages: [{ role: "user" as const, content: "hi" }] };

test("toReadableStream() carries the whole answer to another ChatCompletionStream", async () => {
  const { url } = serve(play(START, ...HELLO, FINISH));
  const stream = client(url).chat.completions.stream({ model: "opus", messages: [{ role: "user", content: "hi" }] });
  const copy = ChatCompletionStream.fromReadableStream(stream.toReadableStream());
  expect(await copy.finalContent()).toBe("Hello");
});

test("a tool that is forced is called once, and the loop ends with its result", async () => {
  const { url, asked } = serve(play(START, ...call(1, "{}"), CALLED));
  const f1: RunnableToolFunctionWithoutParse = {
    type: "function",
    function: { name: "f1", description: "F", parameters: { type: "object" }, function: () => "sunny" },
  };
  const tool_choice = { type: "function" as const, function: { name: "f1" } };
  const runner = client(url).chat.completions.runTools({ ...params, tools: [f1], tool_choice });
  expect(await runner.finalFunctionToolCallResult()).toBe("sunny");
  expect(asked.map(({ request }) => request.toolChoice)).toEqual([{ type: "tool", name: "f1" }]);
});

test("parse() with tools gives parsed arguments, without calling anything", async () => {
  const { url } = serve(play(START, ...call(1, '{"to":', '"Rome"}'), CALLED));
  const distance = zodFunction({ name: "f1", parameters: z.object({ to: z.string() }) });
  const { choices } = await client(url).chat.completions.parse({ ...params, tools: [distance] });
  expect(choices[0]?.message.tool_calls).toMatchObject([
    { id: "toolu_1", function: { name: "f1", parsed_arguments: { to: "Rome" } } },
  ]);
});

test("parse() with an answer cut at its limit is the SDK's LengthFinishReasonError", async () => {
  const { url } = serve(play(START, ...HELLO, { ...FINISH, reason: { unified: "length", raw: "max_tokens" } }));
  const response_format = zodResponseFormat(z.object({ to: z.string() }), "trip");
  const error = await client(url)
    .chat.completions.parse({ ...params, response_format, max_tokens: 2 })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LengthFinishReasonError);
});

test.each([false, true])(
  "a limit of the plan is a RateLimitError that tells when it ends, and that the SDK does not repeat (stream: %p)",
  async (stream) => {
    const limit = new ApiError("plan_limit_reached", "used up", { retryAfterSeconds: 3600 });
    const { url, asked } = serve(play({ type: "error", error: limit }));
    const patient = client(url).withOptions({ maxRetries: 1 });
    const error: unknown = await patient.chat.completions
      .create({ ...params, stream })
      .catch((thrown: unknown) => thrown);
    if (!(error instanceof OpenAI.RateLimitError))
      throw new Error(`expected a RateLimitError, but got ${String(error)}`);
    expect([error.code, error.headers?.get("retry-after")]).toEqual(["insufficient_quota", "3600"]);
    expect(error.headers?.get("x-should-retry")).toBe("false");
    expect(asked).toHaveLength(1);
  },
);
