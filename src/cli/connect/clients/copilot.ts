import type { Client } from "../client.ts";
import type { Connection } from "../connection.ts";
import { variablesSnippet } from "../variables.ts";

/** It follows https://docs.github.com/en/copilot/how-tos/copilot-cli/customize-copilot/use-byok-models, and `copilot help providers` of 1.0. */
export const copilot: Client = {
  document: "https://docs.github.com/en/copilot/how-tos/copilot-cli/customize-copilot/use-byok-models",
  asOf: "Copilot CLI 1.0",
  launch: (connection) => ({ command: "copilot", env: variables(connection), args: [] }),
  guide: (connection, platform) => ({
    before: "Set these variables in the shell in which you start it:",
    snippet: variablesSnippet(variables(connection), "copilot", platform),
    after: [
      "It needs no login at GitHub then. COPILOT_OFFLINE=true keeps it from asking GitHub for anything.",
      "COPILOT_PROVIDER_WIRE_API=responses has it speak the Responses API, and COPILOT_PROVIDER_TRANSPORT=websockets that over one connection.",
    ],
  }),
};

function variables({ baseUrl, key, model }: Connection): Record<string, string> {
  return { COPILOT_PROVIDER_BASE_URL: baseUrl, COPILOT_PROVIDER_API_KEY: key, COPILOT_MODEL: model };
}
