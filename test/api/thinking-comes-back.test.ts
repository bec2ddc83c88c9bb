import { afterEach, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { anthropicMessagesRoutes } from "../../src/api/anthropic-messages/routes.ts";
import { openaiChatRoutes } from "../../src/api/openai-chat/routes.ts";
import { openaiResponsesRoutes } from "../../src/api/openai-responses/routes.ts";
import { MemoryResponseStore } from "../../src/api/openai-responses/store/memory-store.ts";
import type { ChatEvent } from "../../src/core/event.ts";
import { listenWith, stopServers } from "./openai-chat/chat-server.ts";
import { FINISH, HELLO, play, playing, START } from "./playing.ts";

// What the model thought, as an official SDK has put it together and sends it back, is what the model thought.

afterEach(stopServers);

const MODEL = "opus";
const ANSWER: ChatEvent[] = [
  START,
  { type: "reasoning-start", block: 0 },
  { type: "reasoning-delta", block: 0, text: "Hm. " },
  { type: "reasoning-delta", block: 0, text: "So." },
  { type: "reasoning-end", block: 0, signature: "c2ln" },
  { type: "native-start", block: 1, content: { type: "redacted_thinking", data: "sealed" } },
  { type: "native-end", block: 1 },
  { type: "text-start", block: 2 },
  { type: "text-delta", block: 2, text: "Let me see." },
  { type: "text-end", block: 2 },
  { type: "tool-call-start", block: 3, id: "toolu_1", name: "look" },
  { type: "tool-call-delta", block: 3, args: '{"n":1}' },
  { type: "tool-call-end", block: 3 },
  { ...FINISH, reason: { unified: "tool-calls", raw: "tool_use" } },
];
/** The model is named where the dialect can carry its name. */
const told = (words: string) => [
  expect.objectContaining({ type: "thinking", text: words, signature: "c2ln" }),
  expect.objectContaining({ type: "thinking", redacted: "sealed" }),
  { type: "text", text: "Let me see." },
  { type: "tool-call", id: "toolu_1", name: "look", args: '{"n":1}' },
];

type Clients = { readonly anthropic: Anthropic; readonly openai: OpenAI };

/** Asks, and once more with the result of the call. */
type Loop = (clients: Clients) => Promise<unknown>;

const FUNCTION = { name: "look", description: "Looks.", parameters: { type: "object" } };

const messages =
  (display: "summarized" | "omitted"): Loop =>
  async ({ anthropic }) => {
    const { name, description } = FUNCTION;
    const tools = [{ name, description, input_schema: { type: "object" as const } }];
    const said: Anthropic.MessageParam[] = [{ role: "user", content: "Look." }];
    const ask = () => {
      const thinking = { type: "adaptive" as const, display };
      return anthropic.messages.stream({ model: MODEL, max_tokens: 4000, messages: said, tools, thinking });
    };
    const { content } = await ask().finalMessage();
    const result = { type: "tool_result" as const, tool_use_id: "toolu_1", content: "seen" };
    said.push({ role: "assistant", content }, { role: "user", content: [result] });
    await ask().finalMessage();
  };

const TOOLS = [{ type: "function" as const, ...FUNCTION, strict: null }];
const RESULT = { type: "function_call_output" as const, call_id: "toolu_1", output: "seen" };

const unstored =
  (reasoning: OpenAI.Reasoning): Loop =>
  async ({ openai }) => {
    const input: OpenAI.Responses.ResponseInput = [{ role: "user", content: "Look." }];
    const include: OpenAI.Responses.ResponseIncludable[] = ["reasoning.encrypted_content"];
    const ask = () => openai.responses.stream({ model: MODEL, input, tools: TOOLS, store: false, include, reasoning });
    const { output } = await ask().finalResponse();
    // Clients leave out what only stored items are known by.
    const kept = JSON.stringify(output, (key, value: unknown) => (key === "id" ? undefined : value));
    input.push(...JSON.parse(kept), RESULT);
    await ask().finalResponse();
  };

const stored: Loop = async ({ openai }) => {
  const { id } = await openai.responses.create({ model: MODEL, input: "Look.", tools: TOOLS });
  await openai.responses.create({ model: MODEL, input: [RESULT], tools: TOOLS, previous_response_id: id });
};

const chat: Loop = async ({ openai }) => {
  const said: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Look." }];
  const tools = [{ type: "function" as const, function: FUNCTION }];
  const ask = () => openai.chat.completions.stream({ model: MODEL, messages: said, tools });
  const { choices } = await ask().finalChatCompletion();
  const message = choices[0]?.message ?? expect.unreachable();
  said.push(message, { role: "tool", tool_call_id: "toolu_1", content: "seen" });
  await ask().finalChatCompletion();
};

test.each<[string, Loop, string]>([
  ["in Anthropic's SDK, streamed", messages("summarized"), "Hm. So."],
  // The words are known by their signature: test/claude/thinking.
  ["in Anthropic's SDK, streamed without its words", messages("omitted"), ""],
  ["in responses that are not stored, encrypted", unstored({}), "Hm. So."],
  ["in responses that are not stored, encrypted, and with a summary", unstored({ summary: "auto" }), "Hm. So."],
  ["in stored responses", stored, "Hm. So."],
  ["in chats, by what OpenAI's SDK has put together of a stream", chat, "Hm. So."],
])("%s", async (_, loop, words) => {
  const { asked, backend } = playing((signal, index) =>
    (index === 0 ? play(...ANSWER) : play(START, ...HELLO, FINISH))(signal, index),
  );
  const { url } = listenWith(
    backend,
    openaiChatRoutes({ backend }),
    openaiResponsesRoutes({ backend, store: new MemoryResponseStore() }),
    anthropicMessagesRoutes({ backend }),
  );
  const anthropic = new Anthropic({ baseURL: url, apiKey: "any", maxRetries: 0 });
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "any", maxRetries: 0 });
  await loop({ anthropic, openai });
  const [, { request } = expect.unreachable(), ...more] = asked;
  expect(more).toEqual([]);
  expect(request.turns.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
  expect<unknown>(request.turns[1]?.content).toEqual(told(words));
});
