import type { Client } from "../client.ts";

/** It follows OpenAI's API reference: https://platform.openai.com/docs/api-reference/chat/create. */
export const curl: Client = {
  document: "https://platform.openai.com/docs/api-reference/chat/create",
  guide: ({ baseUrl, key, keyRequired, model }) => ({
    before: "In a shell:",
    snippet: {
      language: "sh",
      text: [
        `curl ${baseUrl}/chat/completions \\`,
        ...(keyRequired ? [`  -H "Authorization: Bearer ${key}" \\`] : []),
        '  -H "Content-Type: application/json" \\',
        `  -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello!"}]}'`,
      ].join("\n"),
    },
    after: ['With "stream": true in the body, and curl -N, the answer comes as it is written.'],
  }),
};
