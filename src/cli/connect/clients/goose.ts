import type { Client } from "../client.ts";
import { type Connection, rootUrl } from "../connection.ts";
import { variablesSnippet } from "../variables.ts";

/** It follows https://goose-docs.ai/docs/getting-started/providers and /docs/guides/environment-variables, as of November 2026. */
export const goose: Client = {
  document: "https://goose-docs.ai/docs/getting-started/providers",
  asOf: "November 2026",
  launch: (connection) => ({ command: "goose", env: variables(connection), args: [] }),
  guide: (connection, platform) => ({
    before:
      "Set these variables in the shell in which you start it; goose wants the address without /v1, and the path apart:",
    snippet: variablesSnippet(variables(connection), "goose session", platform),
    after: [
      "goose configure asks for the same under Configure Providers, OpenAI. All but the key may stand in ~/.config/goose/config.yaml.",
    ],
  }),
};

function variables({ baseUrl, key, model }: Connection): Record<string, string> {
  return {
    GOOSE_PROVIDER: "openai",
    GOOSE_MODEL: model,
    OPENAI_HOST: rootUrl(baseUrl),
    OPENAI_BASE_PATH: "v1/chat/completions",
    OPENAI_API_KEY: key,
  };
}
