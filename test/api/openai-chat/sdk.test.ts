import { afterEach, expect, test } from "bun:test";
import OpenAI from "openai";
import type { RunnableToolFunctionWithoutParse } from "openai/lib/RunnableFunction";
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
