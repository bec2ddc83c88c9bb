import type { Client } from "../client.ts";

/** It follows "OpenAI-Compatible" in Open WebUI's documentation, under Connect a Provider. */
export const openWebui: Client = {
  document: "https://docs.openwebui.com/getting-started/quick-start/connect-a-provider/starting-with-openai-compatible",
  guide: ({ baseUrl, key, port }) => ({
    before: "In Open WebUI: Settings, Admin, Connections, Manage OpenAI API Connections, Add Connection:",
    snippet: { language: "text", text: [`URL      ${baseUrl}`, `API Key  ${key}`].join("\n") },
    after: [
      "Leave the model ids empty: Open WebUI asks for the list. Before its first start, OPENAI_API_BASE_URL and OPENAI_API_KEY do the same.",
      `In Docker Desktop the URL is http://host.docker.internal:${port}/v1.`,
      "In Docker on Linux, start the container with --network=host: nothing else reaches a server that listens on this machine alone.",
    ],
  }),
};
