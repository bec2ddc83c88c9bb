import type { Client } from "../client.ts";

/** It follows the README of the package openai on PyPI. */
export const openaiPython: Client = {
  document: "https://github.com/openai/openai-python",
  guide: ({ baseUrl, key, model }) => ({
    before: "With pip install openai:",
    snippet: {
      language: "python",
      text: [
        "from openai import OpenAI",
        "",
        `client = OpenAI(base_url="${baseUrl}", api_key="${key}")`,
        "answer = client.chat.completions.create(",
        `    model="${model}",`,
        '    messages=[{"role": "user", "content": "Hello!"}],',
        ")",
        "print(answer.choices[0].message.content)",
      ].join("\n"),
    },
    after: ["A program that you cannot change takes OPENAI_BASE_URL and OPENAI_API_KEY from its environment."],
  }),
};
