import { PROGRAM } from "../../command.ts";
import { type Client, snippetIn } from "../client.ts";
import { rootUrl } from "../connection.ts";

const javaScript = snippetIn("js");
const python = snippetIn("python");

const ANTHROPIC_VARIABLES =
  "A program that you cannot change takes ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY from its environment.";
const OPENAI_VARIABLES =
  "A program that you cannot change takes OPENAI_BASE_URL and OPENAI_API_KEY from its environment.";

/** It follows the README of the package @anthropic-ai/sdk on npm. */
export const anthropicNode: Client = {
  document: "https://github.com/anthropics/anthropic-sdk-typescript",
  asOf: "@anthropic-ai/sdk 1.14",
  guide: ({ baseUrl, key, model }) => ({
    before: "With npm install @anthropic-ai/sdk; the address has no /v1:",
    snippet: javaScript(
      'import Anthropic from "@anthropic-ai/sdk";',
      "",
      `const client = new Anthropic({ baseURL: "${rootUrl(baseUrl)}", apiKey: "${key}" });`,
      "const message = await client.messages.create({",
      `  model: "${model}",`,
      "  max_tokens: 1024,",
      '  messages: [{ role: "user", content: "Hello!" }],',
      "});",
      "console.log(message.content);",
    ),
    after: [ANTHROPIC_VARIABLES],
  }),
};

/** It follows the README of the package anthropic on PyPI. */
export const anthropicPython: Client = {
  document: "https://github.com/anthropics/anthropic-sdk-python",
  asOf: "December 2026",
  guide: ({ baseUrl, key, model }) => ({
    before: "With pip install anthropic; the address has no /v1:",
    snippet: python(
      "from anthropic import Anthropic",
      "",
      `client = Anthropic(base_url="${rootUrl(baseUrl)}", api_key="${key}")`,
      "message = client.messages.create(",
      `    model="${model}",`,
      "    max_tokens=1024,",
      '    messages=[{"role": "user", "content": "Hello!"}],',
      ")",
      "print(message.content)",
    ),
    after: [ANTHROPIC_VARIABLES],
  }),
};

export const openaiAgents: Client = {
  document: "https://openai.github.io/openai-agents-js/guides/config/",
  asOf: "December 2026",
  guide: ({ baseUrl, key, model }) => ({
    before: "With npm install @openai/agents openai:",
    snippet: javaScript(
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
    ),
    after: [
      'It speaks the Responses API; setOpenAIAPI("chat_completions") has it speak the other one.',
      "In Python: set_default_openai_client(AsyncOpenAI(base_url=…, api_key=…)) and set_tracing_disabled(True) of the package openai-agents.",
    ],
  }),
};

/** It follows the README of the package openai on PyPI. */
export const openaiPython: Client = {
  document: "https://github.com/openai/openai-python",
  guide: ({ baseUrl, key, model }) => ({
    before: "With pip install openai:",
    snippet: python(
      "from openai import OpenAI",
      "",
      `client = OpenAI(base_url="${baseUrl}", api_key="${key}")`,
      "answer = client.chat.completions.create(",
      `    model="${model}",`,
      '    messages=[{"role": "user", "content": "Hello!"}],',
      ")",
      "print(answer.choices[0].message.content)",
    ),
    after: [OPENAI_VARIABLES],
  }),
};

/** It follows the README of the package openai on npm. */
export const openaiNode: Client = {
  document: "https://github.com/openai/openai-node",
  guide: ({ baseUrl, key, model }) => ({
    before: "With npm install openai:",
    snippet: javaScript(
      'import OpenAI from "openai";',
      "",
      `const client = new OpenAI({ baseURL: "${baseUrl}", apiKey: "${key}" });`,
      "const answer = await client.chat.completions.create({",
      `  model: "${model}",`,
      '  messages: [{ role: "user", content: "Hello!" }],',
      "});",
      "console.log(answer.choices[0].message.content);",
    ),
    after: [`client.responses works likewise. ${OPENAI_VARIABLES}`],
  }),
};

/** It follows https://ai-sdk.dev/providers/openai-compatible-providers, as of ai 7 and @ai-sdk/openai-compatible 3. */
export const aiSdk: Client = {
  document: "https://ai-sdk.dev/providers/openai-compatible-providers",
  asOf: "ai 7",
  guide: ({ baseUrl, key, model }) => ({
    before: "With npm install ai @ai-sdk/openai-compatible:",
    snippet: javaScript(
      'import { createOpenAICompatible } from "@ai-sdk/openai-compatible";',
      'import { generateText } from "ai";',
      "",
      "const claude = createOpenAICompatible({",
      `  name: "${PROGRAM}",`,
      `  baseURL: "${baseUrl}",`,
      `  apiKey: "${key}",`,
      "  includeUsage: true,",
      "  supportsStructuredOutputs: true,",
      "});",
      `const { text } = await generateText({ model: claude("${model}"), prompt: "Hello!" });`,
      "console.log(text);",
    ),
    after: [
      "createOpenAI of @ai-sdk/openai (/v1/responses) and createAnthropic of @ai-sdk/anthropic (/v1/messages) work with the same baseURL and apiKey, and tell the pages of a web search, which this provider does not.",
    ],
  }),
};

/** It follows https://docs.langchain.com/oss/javascript/integrations/chat/openai (custom URLs), as of @langchain/openai 1.6. */
export const langchain: Client = {
  document: "https://docs.langchain.com/oss/javascript/integrations/chat/openai",
  guide: ({ baseUrl, key, model }) => ({
    before: "With npm install @langchain/openai @langchain/core:",
    snippet: javaScript(
      'import { ChatOpenAI } from "@langchain/openai";',
      "",
      "const claude = new ChatOpenAI({",
      `  model: "${model}",`,
      `  apiKey: "${key}",`,
      `  configuration: { baseURL: "${baseUrl}" },`,
      "});",
      'const answer = await claude.invoke("Hello!");',
      "console.log(answer.text);",
    ),
    after: [`In Python: ChatOpenAI(model="${model}", api_key="${key}", base_url="${baseUrl}"), from langchain_openai.`],
  }),
};
