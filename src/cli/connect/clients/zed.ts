import type { Client } from "../client.ts";
import { KEY_VARIABLE, type OfferedModel } from "../connection.ts";

/** Zed makes the name of its variable for the key of this one: it becomes the one that the server reads its own from. */
const PROVIDER = "claude-max";

/** It follows https://zed.dev/docs/ai/use-api-access#openai-compatible. */
export const zed: Client = {
  document: "https://zed.dev/docs/ai/use-api-access#openai-compatible",
  guide: ({ baseUrl, key, keyRequired, models }) => ({
    before: "Put this into Zed's settings.json (command zed: open settings), beside what is there:",
    snippet: {
      language: "json",
      text: JSON.stringify(
        {
          language_models: {
            openai_compatible: { [PROVIDER]: { api_url: baseUrl, available_models: models.map(entry) } },
          },
        },
        null,
        2,
      ),
    },
    after: [
      `The key has another place: enter ${key} in Settings, AI, LLM Providers${
        keyRequired ? `, or have it in the environment variable ${KEY_VARIABLE} where Zed starts` : ""
      }.`,
    ],
  }),
};

function entry({ id, title, contextTokens, outputTokens }: OfferedModel): object {
  return {
    name: id,
    display_name: title,
    max_tokens: contextTokens,
    max_output_tokens: outputTokens,
    capabilities: { tools: true, images: true, parallel_tool_calls: true, prompt_cache_key: false },
  };
}
