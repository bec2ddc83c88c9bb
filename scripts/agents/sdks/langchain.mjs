// @ts-nocheck: it runs with the newest packages, which are not installed here.
import { ChatAnthropic } from "@langchain/anthropic";
import { HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { z } from "zod";

const { BASE_URL: baseURL, API_KEY: apiKey, MODEL: model, WIRE, FIRST, SECOND, THIRD } = process.env;
const chat = {
  chat: () => new ChatOpenAI({ model, apiKey, configuration: { baseURL } }),
  responses: () => new ChatOpenAI({ model, apiKey, configuration: { baseURL }, useResponsesApi: true }),
  messages: () => new ChatAnthropic({ model, apiKey, anthropicApiUrl: baseURL.replace(/\/v1$/, "") }),
}[WIRE]();

const calls = [];
const add = tool(
  ({ a, b }) => {
    calls.push([a, b]);
    return String(a + b);
  },
  { name: "add", description: "Adds two numbers", schema: z.object({ a: z.number(), b: z.number() }) },
);
const bound = chat.bindTools([add]);

const messages = [];
async function ask(question) {
  messages.push(new HumanMessage(question));
  for (let step = 0; step < 5; step++) {
    const answer = await bound.invoke(messages);
    messages.push(answer);
    if (answer.tool_calls.length === 0) return answer.text;
    for (const call of answer.tool_calls) messages.push(await add.invoke(call));
  }
  return "it calls on and on";
}
const texts = [await ask(FIRST), await ask(SECOND)];

const stop = new AbortController();
let seen = "";
try {
  for await (const part of await chat.stream(THIRD, { signal: stop.signal })) {
    seen += part.text;
    if (seen !== "") stop.abort();
  }
} catch (error) {
  if (!stop.signal.aborted) throw error;
}
console.log(JSON.stringify({ texts, calls, seen }));
