import { join } from "node:path";
import { type Agent, KEY, MODEL, type Wire } from "../agent.ts";

function speaking(name: string, api: string, path: string): Wire {
  return {
    name,
    connecting: ({ url }) => {
      const model = {
        id: MODEL,
        name: MODEL,
        reasoning: true,
        input: ["text", "image"],
        contextWindow: 200_000,
        maxTokens: 32_000,
      };
      const providers = { ours: { baseUrl: `${url}${path}`, api, apiKey: KEY, models: [model] } };
      return { by: "files", files: { ".pi/agent/models.json": JSON.stringify({ providers }) } };
    },
  };
}

export const pi: Agent = {
  name: "pi",
  packages: ["@earendil-works/pi-coding-agent@latest"],
  wires: [
    { name: "chat", connecting: () => ({ by: "write" }) },
    speaking("responses", "openai-responses", "/v1"),
    speaking("messages", "anthropic-messages", ""),
  ],
  command: ({ installed, node }, { prompt, again }) => [
    node,
    join(installed, "node_modules/@earendil-works/pi-coding-agent/dist/bundle/cli.js"),
    "--print",
    "--model",
    `${MODEL}:medium`,
    ...(again ? ["--continue"] : []),
    prompt,
  ],
  showsImages: true,
  env: { PI_OFFLINE: "1" },
};
