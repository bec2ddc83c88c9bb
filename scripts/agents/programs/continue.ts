import { join } from "node:path";
import { type Agent, KEY, MODEL, type Wire } from "../agent.ts";

function speaking(name: string, provider: string): Wire {
  return {
    name,
    connecting: ({ url }) => ({
      by: "files",
      files: {
        ".continue/config.yaml": `name: ours
version: 1.0.0
schema: v1
models:
  - name: ours
    provider: ${provider}
    model: ${MODEL}
    apiBase: ${url}/v1/
    apiKey: ${KEY}
    roles: [chat, edit, apply]
    capabilities: [tool_use, image_input]
`,
      },
    }),
  };
}

export const continueDev: Agent = {
  name: "continue",
  packages: ["@continuedev/cli@latest"],
  wires: [
    { name: "chat", connecting: () => ({ by: "snippet", path: ".continue/config.yaml" }) },
    speaking("messages", "anthropic"),
  ],
  command: ({ installed, node, home }, { prompt, again }) => [
    node,
    join(installed, "node_modules/.bin/cn"),
    "--config",
    join(home, ".continue/config.yaml"),
    "--auto",
    ...(again ? ["--resume"] : []),
    "--print",
    prompt,
  ],
  env: { CONTINUE_TELEMETRY_ENABLED: "0" },
};
