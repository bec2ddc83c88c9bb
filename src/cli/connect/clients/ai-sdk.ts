import { PROGRAM } from "../../command.ts";
import type { Client } from "../client.ts";

/** It follows https://ai-sdk.dev/providers/openai-compatible-providers, as of ai 7 and @ai-sdk/openai-compatible 3. */
export const aiSdk: Client = {
  document: "https://ai-sdk.dev/providers/openai-compatible-providers",
  asOf: "ai 7",
  guide: ({ baseUrl, key, model }) => ({
    before: "With npm install ai @ai-sdk/openai-compatible:",
    snippet: {
      language: "js",
      text: [
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
      ].join("\n"),
    },
    after: [
      "createOpenAI of @ai-sdk/openai (/v1/responses) and createAnthropic of @ai-sdk/anthropic (/v1/messages) work with the same baseURL and apiKey, and tell the pages of a web search, which this provider does not.",
    ],
  }),
};
