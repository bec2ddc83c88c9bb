import type { Client } from "../client.ts";

/** It follows https://aider.chat/docs/llms/openai-compat.html. */
export const aider: Client = {
  document: "https://aider.chat/docs/llms/openai-compat.html",
  launch: ({ baseUrl, key, model }) => ({
    command: "aider",
    env: { OPENAI_API_BASE: baseUrl, OPENAI_API_KEY: key },
    args: ["--model", `openai/${model}`],
  }),
  guide: ({ baseUrl, key, model }) => ({
    before: "Set two variables, and put openai/ before the model's name:",
    snippet: {
      language: "sh",
      text: [`export OPENAI_API_BASE=${baseUrl}`, `export OPENAI_API_KEY=${key}`, `aider --model openai/${model}`].join(
        "\n",
      ),
    },
    after: [
      `On Windows: setx OPENAI_API_BASE ${baseUrl}, setx OPENAI_API_KEY ${key}, and a new window.`,
      "Instead of variables, openai-api-base, openai-api-key and model can stand in .aider.conf.yml.",
    ],
  }),
};
