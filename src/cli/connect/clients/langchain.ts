import type { Client } from "../client.ts";

/** It follows https://docs.langchain.com/oss/javascript/integrations/chat/openai (custom URLs), as of @langchain/openai 1.6. */
export const langchain: Client = {
  document: "https://docs.langchain.com/oss/javascript/integrations/chat/openai",
  guide: ({ baseUrl, key, model }) => ({
    before: "With npm install @langchain/openai @langchain/core:",
    snippet: {
      language: "js",
      text: [
        'import { ChatOpenAI } from "@langchain/openai";',
        "",
        "const claude = new ChatOpenAI({",
        `  model: "${model}",`,
        `  apiKey: "${key}",`,
        `  configuration: { baseURL: "${baseUrl}" },`,
        "});",
        'const answer = await claude.invoke("Hello!");',
        "console.log(answer.text);",
      ].join("\n"),
    },
    after: [`In Python: ChatOpenAI(model="${model}", api_key="${key}", base_url="${baseUrl}"), from langchain_openai.`],
  }),
};
