import type { Client } from "../client.ts";
import { KEY_VARIABLE } from "../connection.ts";

/** It follows https://docs.continue.dev/customize/model-providers/top-level/openai and https://docs.continue.dev/reference. */
export const continueDev: Client = {
  document: "https://docs.continue.dev/customize/model-providers/top-level/openai",
  guide: ({ baseUrl, key, keyRequired, model, models }) => ({
    before: `Put this into ~/.continue/config.yaml, or only the models into a file that is there${
      keyRequired ? ` (and ${KEY_VARIABLE}=YOUR_KEY into ~/.continue/.env)` : ""
    }.`,
    snippet: {
      language: "yaml",
      text: [
        "name: claude-max-api",
        "version: 1.0.0",
        "schema: v1",
        "models:",
        // It begins with the first.
        ...models
          .toSorted((a, b) => Number(b.id === model) - Number(a.id === model))
          .flatMap(({ id, title, ...limits }) => [
            `  - name: ${title}`,
            "    provider: openai",
            `    model: ${id}`,
            `    apiBase: ${baseUrl}`,
            `    apiKey: ${keyRequired ? `\${{ secrets.${KEY_VARIABLE} }}` : key}`,
            "    roles: [chat, edit, apply]",
            "    capabilities: [tool_use, image_input]",
            `    defaultCompletionOptions: { contextLength: ${limits.contextTokens}, maxTokens: ${limits.outputTokens} }`,
          ]),
      ].join("\n"),
    },
    after: ["Completion while you type asks often and wants it fast: leave it to a model of your own machine."],
  }),
};
