import { join } from "node:path";
import { type Agent, KEY, MODEL, type Wire } from "../agent.ts";

function speaking(name: string, settings: Readonly<Record<string, string>>): Wire {
  return {
    name,
    connecting: () => ({ by: "variables" }),
    env: () => settings,
  };
}

export const copilot: Agent = {
  name: "copilot",
  packages: ["@github/copilot@latest"],
  wires: [
    speaking("chat", {}),
    speaking("responses", { COPILOT_PROVIDER_WIRE_API: "responses" }),
    speaking("responses-socket", {
      COPILOT_PROVIDER_WIRE_API: "responses",
      COPILOT_PROVIDER_TRANSPORT: "websockets",
    }),
    {
      name: "messages",
      connecting: () => ({ by: "nothing" }),
      env: ({ url }) => ({
        COPILOT_PROVIDER_TYPE: "anthropic",
        COPILOT_PROVIDER_BASE_URL: url,
        COPILOT_PROVIDER_API_KEY: KEY,
        COPILOT_MODEL: MODEL,
      }),
    },
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
  tellsAnew: "failed results in other words",
  delegating: { name: "helper", description: "Looks", agent_type: "general-purpose", mode: "sync" },
  env: { COPILOT_AUTO_UPDATE: "false", COPILOT_OFFLINE: "true" },
};
