import type { Client } from "../client.ts";

/** It follows the README of the package openai on npm. */
export const openaiNode: Client = {
  document: "https://github.com/openai/openai-node",
  guide: ({ baseUrl, key, model }) => ({
    before: "With npm install openai:",
    snippet: {
      language: "js",
      text: [
        'import OpenAI from "openai";',
        "",
        `const client = new OpenAI({ baseURL: "${baseUrl}", apiKey: "${key}" });`,
        "const answer = await client.chat.completions.create({",
        `  model: "${model}",`,
        '  messages: [{ role: "user", content: "Hello!" }],',
        "});",
        "console.log(answer.choices[0].message.content);",
      ].join("\n"),
    },
    after: [
      "client.responses works likewise. A program that you cannot change takes OPENAI_BASE_URL and OPENAI_API_KEY from its environment.",
    ],
  }),
};
