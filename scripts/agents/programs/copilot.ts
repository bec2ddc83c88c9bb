import { join } from "node:path";
import { type Agent, KEY, MODEL, type Place, type Wire } from "../agent.ts";

function speaking(name: string, path: string, settings: Readonly<Record<string, string>>): Wire {
  return {
    name,
    connecting: () => ({ by: "nothing" }),
    env: ({ url }: Place) => ({
      COPILOT_PROVIDER_BASE_URL: `${url}${path}`,
      COPILOT_PROVIDER_API_KEY: KEY,
      COPILOT_MODEL: MODEL,
      ...settings,
    }),
  };
}

export const copilot: Agent = {
  name: "copilot",
  packages: ["@github/copilot@latest"],
  wires: [
    speaking("chat", "/v1", {}),
    speaking("responses", "/v1", { COPILOT_PROVIDER_WIRE_API: "responses" }),
    speaking("responses-socket", "/v1", {
      COPILOT_PROVIDER_WIRE_API: "responses",
      COPILOT_PROVIDER_TRANSPORT: "websockets",
    }),
    speaking("messages", "", { COPILOT_PROVIDER_TYPE: "anthropic" }),
  ],
  command: ({ installed, node }, { prompt, again }) => [
    node,
    join(installed, "node_modules/@github/copilot/npm-loader.js"),
    "--allow-all-tools",
    "--allow-all-paths",
    "--disable-builtin-mcps",
    ...(again ? ["--continue"] : []),
    "--prompt",
    prompt,
  ],
  env: { COPILOT_AUTO_UPDATE: "false", COPILOT_OFFLINE: "true" },
};
