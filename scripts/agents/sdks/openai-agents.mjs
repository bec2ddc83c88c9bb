// @ts-nocheck: it runs with the newest packages, which are not installed here.
import { Agent, run, setDefaultOpenAIClient, setOpenAIAPI, setTracingDisabled, tool } from "@openai/agents";
import OpenAI from "openai";
import { z } from "zod";

const { BASE_URL: baseURL, API_KEY: apiKey, MODEL: model, WIRE, FIRST, SECOND, THIRD } = process.env;
setDefaultOpenAIClient(new OpenAI({ baseURL, apiKey }));
setOpenAIAPI(WIRE === "chat" ? "chat_completions" : "responses");
setTracingDisabled(true);

const calls = [];
const add = tool({
  name: "add",
  description: "Adds two numbers",
  parameters: z.object({ a: z.number(), b: z.number() }),
  execute: async ({ a, b }) => {
    calls.push([a, b]);
    return a + b;
  },
});
const agent = new Agent({ name: "Assistant", instructions: "You add.", model, tools: [add] });

const one = await run(agent, FIRST);
const two = await run(agent, [...one.history, { role: "user", content: SECOND }]);

const stop = new AbortController();
let seen = "";
try {
  const stream = await run(agent, THIRD, { stream: true, signal: stop.signal });
  for await (const event of stream) {
    if (event.type !== "raw_model_stream_event" || event.data.type !== "output_text_delta") continue;
    seen += event.data.delta;
    stop.abort();
  }
} catch (error) {
  if (!stop.signal.aborted) throw error;
}
console.log(JSON.stringify({ texts: [one.finalOutput, two.finalOutput], calls, seen }));
