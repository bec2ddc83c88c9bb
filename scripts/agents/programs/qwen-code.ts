import { join } from "node:path";
import { type Agent, KEY, MODEL, type Wire } from "../agent.ts";

function speaking(name: string, provider: string, extra: object, path: string): Wire {
  return {
    name,
    connecting: ({ url }) => {
      const model = { id: MODEL, name: MODEL, envKey: "OURS_KEY", baseUrl: `${url}${path}`, ...extra };
      const settings = {
        env: { OURS_KEY: KEY },
        modelProviders: { [provider]: [model] },
        security: { auth: { selectedType: provider } },
        model: { name: MODEL },
        general: { enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
      };
      return { by: "files", files: { ".qwen/settings.json": JSON.stringify(settings) } };
    },
  };
}

export const qwenCode: Agent = {
  name: "qwen-code",
  packages: ["@qwen-code/qwen-code@latest"],
  wires: [
    { name: "chat", connecting: () => ({ by: "write" }) },
    speaking("responses", "openai", { wireApi: "responses" }, "/v1"),
    speaking("messages", "anthropic", {}, ""),
  ],
  command: ({ installed, node }, { prompt, again }) => [
    node,
    join(installed, "node_modules/@qwen-code/qwen-code/cli-entry.js"),
    "--yolo",
    ...(again ? ["--continue"] : []),
    prompt,
  ],
  showsImages: true,
  tellsAnew: "its folder as it is by then",
  delegating: { description: "Looks", run_in_background: false },
  env: {},
};
