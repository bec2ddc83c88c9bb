import type { Client } from "../client.ts";
import { rootUrl } from "../connection.ts";
import { variablesSnippet } from "../variables.ts";

/** Both variables are named by Crush's catalogue of providers, charmbracelet/catwalk, in the entry for Anthropic, as of Crush 0.96. */
export const crush: Client = {
  document: "https://github.com/charmbracelet/catwalk",
  asOf: "Crush 0.96",
  launch: ({ baseUrl, key }) => ({ command: "crush", env: variables(rootUrl(baseUrl), key), args: [] }),
  guide: ({ baseUrl, key }, platform) => ({
    before: "Set two variables in the shell in which you start it, without /v1 in the address:",
    snippet: variablesSnippet(variables(rootUrl(baseUrl), key), "crush", platform),
    after: [
      "Choose a model of Anthropic's in it. Models keep their names; a model that your account does not have is a 404.",
    ],
  }),
};

function variables(url: string, key: string): Record<string, string> {
  return { ANTHROPIC_API_ENDPOINT: url, ANTHROPIC_API_KEY: key };
}
