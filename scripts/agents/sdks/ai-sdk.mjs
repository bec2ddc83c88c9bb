// @ts-nocheck: it runs with the newest packages, which are not installed here.
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const { BASE_URL: baseURL, API_KEY: apiKey, MODEL, WIRE, FIRST, SECOND, THIRD } = process.env;
const model = {
  chat: () => createOpenAICompatible({ name: "ours", baseURL, apiKey })(MODEL),
  responses: () => createOpenAI({ baseURL, apiKey }).responses(MODEL),
  messages: () => createAnthropic({ baseURL, apiKey })(MODEL),
}[WIRE]();

const calls = [];
const add = tool({
  description: "Adds two numbers",
  inputSchema: z.object({ a: z.number(), b: z.number() }),
  execute: async ({ a, b }) => {
    calls.push([a, b]);
    return a + b;
  },
});
const ask = (messages) => generateText({ model, tools: { add }, messages, stopWhen: stepCountIs(5) });

const messages = [{ role: "user", content: FIRST }];
const one = await ask(messages);
const two = await ask([...messages, ...one.response.messages, { role: "user", content: SECOND }]);

const stop = new AbortController();
const stream = streamText({ model, prompt: THIRD, abortSignal: stop.signal, onError() {} });
let seen = "";
for await (const part of stream.textStream) {
  seen += part;
  stop.abort();
}
console.log(JSON.stringify({ texts: [one.text, two.text], calls, seen }));
