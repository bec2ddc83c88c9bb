import type { Client } from "../client.ts";
import { rootUrl } from "../connection.ts";
import { variablesSnippet } from "../variables.ts";

/** It follows https://code.claude.com/docs/en/llm-gateway, as of Claude Code 2.1.332. */
export const claudeCode: Client = {
  document: "https://code.claude.com/docs/en/llm-gateway",
  asOf: "Claude Code 2.1.332",
  launch: ({ baseUrl, key }, wanted) => ({
    command: "claude",
    // An API key in the environment would be sent beside the token.
    env: { ANTHROPIC_BASE_URL: rootUrl(baseUrl), ANTHROPIC_AUTH_TOKEN: key, ANTHROPIC_API_KEY: undefined },
    args: wanted === undefined ? [] : ["--model", wanted],
  }),
  guide: ({ baseUrl, key }, platform) => ({
    before: "Set two variables in the shell in which you start it, without /v1 in the address:",
    snippet: variablesSnippet({ ANTHROPIC_BASE_URL: rootUrl(baseUrl), ANTHROPIC_AUTH_TOKEN: key }, "claude", platform),
    after: [
      "That is for a Claude Code on another machine, or in a container without a login: where you are logged in, it needs no server. Its models keep their names.",
      "In the env of ~/.claude/settings.json the variables would count for every Claude Code that you start.",
    ],
  }),
};
