import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, isStepCount, type LanguageModel, Output, streamText, tool } from "ai";
import { z } from "zod";
import { anthropicMessagesRoutes } from "../../src/api/anthropic-messages/routes.ts";
import { openaiChatRoutes } from "../../src/api/openai-chat/routes.ts";
import { openaiResponsesRoutes } from "../../src/api/openai-responses/routes.ts";
import { MemoryResponseStore } from "../../src/api/openai-responses/store/memory-store.ts";
import type { ChatEvent } from "../../src/core/event.ts";
import { FINISH, listenWith, playing, START, stopServers } from "./openai-chat/chat-server.ts";

// What the AI SDK makes of answers, by each of its providers, and what it asks for. Through the real CLI: test/e2e/ai-sdk.test.ts.

type Options = NonNullable<Parameters<typeof generateText>[0]["providerOptions"]>;
type Wire = { readonly model: LanguageModel; readonly providerOptions: Options; readonly maxOutputTokens: number };

/** Of which the providers know what it can. */
const MODEL = "claude-sonnet-4";
/** What is answered next, request by request. */
const answers: ChatEvent[][] = [];
const { asked, backend } = playing(async function* () {
  yield* answers.shift() ?? [];
});
let wires: Readonly<Record<string, Wire>>;
beforeAll(() => {
  globalThis.AI_SDK_LOG_WARNINGS = false;
  const store = new MemoryResponseStore();
  const { url } = listenWith(
    backend,
    openaiChatRoutes({ backend }),
    openaiResponsesRoutes({ backend, store }),
    anthropicMessagesRoutes({ backend }),
  );
  const connection = { baseURL: `${url}/v1`, apiKey: "any" };
  const openai = createOpenAI(connection);
  const anthropic = createAnthropic(connection)(MODEL);
  const compatible = createOpenAICompatible({ ...connection, name: "ours", supportsStructuredOutputs: true });
  const reasoning = { forceReasoning: true, reasoningSummary: "auto" };
  const wire = (model: LanguageModel, providerOptions: Options = {}) => ({
    model,
    providerOptions,
    maxOutputTokens: 4000,
  });
  wires = {
    "stored responses": wire(openai(MODEL), { openai: reasoning }),
    responses: wire(openai(MODEL), { openai: { ...reasoning, store: false } }),
    messages: wire(anthropic, { anthropic: { thinking: { type: "adaptive" } } }),
    chat: wire(openai.chat(MODEL)),
    compatible: wire(compatible(MODEL)),
  };
});
beforeEach(() => {
  answers.length = 0;
  asked.length = 0;
});
afterAll(stopServers);

const NAMES = ["stored responses", "responses", "messages", "chat", "compatible"];
const wireOf = (name: string) => wires[name] ?? expect.unreachable();
const text = (block: number, ...pieces: string[]): ChatEvent[] => [
  { type: "text-start", block },
  ...pieces.map((piece): ChatEvent => ({ type: "text-delta", block, text: piece })),
  { type: "text-end", block },
];
const thought = (block: number, said: string): ChatEvent[] => [
  { type: "reasoning-start", block },
  { type: "reasoning-delta", block, text: said },
  { type: "reasoning-end", block, signature: `signed ${said}` },
];
const called = (block: number, id: string): ChatEvent[] => [
  { type: "tool-call-start", block, id, name: "look" },
  { type: "tool-call-delta", block, args: '{"n":1}' },
  { type: "tool-call-end", block },
];
const CALLED: ChatEvent = { ...FINISH, reason: { unified: "tool-calls", raw: "tool_use" } };
const look = tool({ description: "Looks.", inputSchema: z.object({ n: z.number() }), execute: async () => "seen" });

describe("an object is asked for by its schema, and read whole or in parts", () => {
  const schema = z.object({ name: z.string(), born: z.number().nullable() });
  const ANN = { name: "Ann", born: null };

  test.each(NAMES)("%s", async (name) => {
    answers.push(
      [START, ...text(0, JSON.stringify(ANN)), FINISH],
      [START, ...called(0, "toolu_1"), CALLED],
      [START, ...text(0, '{"name":"Ann",', '"born":null}'), FINISH],
    );
    const asking = { ...wireOf(name), maxRetries: 0, prompt: "Who?", output: Output.object({ schema }) };
    const whole = await generateText(asking);
    expect([whole.output, whole.warnings]).toEqual([ANN, []]);
    const streamed = streamText({ ...asking, tools: { look }, stopWhen: isStepCount(2) });
    const parts: unknown[] = [];
    for await (const part of streamed.partialOutputStream) parts.push(part);
    // How many come before depends on what arrives at once.
    expect<unknown>(parts.at(-1)).toEqual(ANN);
    expect(await streamed.output).toEqual(ANN);
    const wanted = { type: "object", required: ["name", "born"], properties: { name: { type: "string" } } };
    expect(asked.map(({ request }) => request.outputFormat?.schema)).toMatchObject([wanted, wanted, wanted]);
  });
});

describe("what was thought before a call comes back with its result", () => {
  test.each(["stored responses", "responses", "messages"])("%s", async (name) => {
    answers.push(
      [START, ...thought(0, "First."), ...text(1, "Let me see."), ...called(2, "toolu_1"), CALLED],
      [START, ...text(0, "Done."), FINISH],
    );
    const asking = { ...wireOf(name), maxRetries: 0, prompt: "Look around.", tools: { look } };
    const answer = streamText({ ...asking, stopWhen: isStepCount(2) });
    expect(await answer.text).toBe("Done.");
    expect((await answer.steps).map(({ reasoningText }) => reasoningText)).toEqual(["First.", undefined]);
    expect(asked[1]?.request.turns.slice(1)).toMatchObject([
      {
        role: "assistant",
        content: [
          { type: "thinking", text: "First.", signature: "signed First." },
          { type: "text", text: "Let me see." },
          { type: "tool-call", id: "toolu_1", name: "look" },
        ],
      },
      { role: "user", content: [{ type: "tool-result", callId: "toolu_1" }] },
    ]);
  });
});
