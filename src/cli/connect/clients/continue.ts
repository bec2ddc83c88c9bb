import type { Client } from "../client.ts";
import { KEY_VARIABLE, modelTitle } from "../connection.ts";

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
        ...[model, ...models.filter((id) => id !== model)].flatMap((id) => [
          `  - name: ${modelTitle(id)}`,
          "    provider: openai",
          `    model: ${id}`,
          `    apiBase: ${baseUrl}`,
          `    apiKey: ${keyRequired ? `\${{ secrets.${KEY_VARIABLE} }}` : key}`,
          "    roles: [chat, edit, apply]",
          "    capabilities: [tool_use, image_input]",
        ]),
      ].join("\n"),
    },
    after: ["Completion while you type asks often and wants it fast: leave it to a model of your own machine."],
  }),
};
