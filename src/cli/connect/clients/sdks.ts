import type { Client } from "../client.ts";
import { rootUrl } from "../connection.ts";

/** It follows the README of the package @anthropic-ai/sdk on npm. */
export const anthropicNode: Client = {
  document: "https://github.com/anthropics/anthropic-sdk-typescript",
  asOf: "@anthropic-ai/sdk 1.14",
  guide: ({ baseUrl, key, model }) => ({
    before: "With npm install @anthropic-ai/sdk; the address has no /v1:",
    snippet: {
      language: "js",
      text: [
        'import Anthropic from "@anthropic-ai/sdk";',
        "",
        `const client = new Anthropic({ baseURL: "${rootUrl(baseUrl)}", apiKey: "${key}" });`,
        "const message = await client.messages.create({",
        `  model: "${model}",`,
        "  max_tokens: 1024,",
        '  messages: [{ role: "user", content: "Hello!" }],',
        "});",
        "console.log(message.content);",
      ].join("\n"),
    },
    after: ["A program that you cannot change takes ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY from its environment."],
  }),
};

/** It follows the README of the package anthropic on PyPI. */
export const anthropicPython: Client = {
  document: "https://github.com/anthropics/anthropic-sdk-python",
  asOf: "December 2026",
  guide: ({ baseUrl, key, model }) => ({
    before: "With pip install anthropic; the address has no /v1:",
    snippet: {
      language: "python",
      text: [
        "from anthropic import Anthropic",
        "",
        `client = Anthropic(base_url="${rootUrl(baseUrl)}", api_key="${key}")`,
        "message = client.messages.create(",
        `    model="${model}",`,
        "    max_tokens=1024,",
        '    messages=[{"role": "user", "content": "Hello!"}],',
        ")",
        "print(message.content)",
      ].join("\n"),
    },
    after: ["A program that you cannot change takes ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY from its environment."],
  }),
};

export const openaiAgents: Client = {
  document: "https://openai.github.io/openai-agents-js/guides/config/",
  asOf: "December 2026",
  guide: ({ baseUrl, key, model }) => ({
    before: "With npm install @openai/agents openai:",
    snippet: {
      language: "js",
      text: [
        'import { Agent, run, setDefaultOpenAIClient, setTracingDisabled } from "@openai/agents";',
        'import OpenAI from "openai";',
        "",
        `setDefaultOpenAIClient(new OpenAI({ baseURL: "${baseUrl}", apiKey: "${key}" }));`,
        "// Traces would be sent to OpenAI.",
        "setTracingDisabled(true);",
        "",
        `const agent = new Agent({ name: "Assistant", model: "${model}" });`,
        'const { finalOutput } = await run(agent, "Hello!");',
        "console.log(finalOutput);",
      ].join("\n"),
    },
    after: [
      'It speaks the Responses API; setOpenAIAPI("chat_completions") has it speak the other one.',
      "In Python: set_default_openai_client(AsyncOpenAI(base_url=…, api_key=…)) and set_tracing_disabled(True) of the package openai-agents.",
    ],
  }),
};
