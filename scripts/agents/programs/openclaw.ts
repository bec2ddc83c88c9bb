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
      const ours = { baseUrl: `${url}${path}`, apiKey: KEY, api, models: [model] };
      const config = {
        agents: { defaults: { model: { primary: `ours/${MODEL}` } } },
        models: { providers: { ours } },
      };
      return { by: "files", files: { ".openclaw/openclaw.json": JSON.stringify(config) } };
    },
  };
}

export const openclaw: Agent = {
  name: "openclaw",
  packages: ["openclaw@latest"],
  wires: [
    { name: "chat", connecting: () => ({ by: "write" }) },
    speaking("responses", "openai-responses", "/v1"),
    speaking("messages", "anthropic-messages", ""),
  ],
  command: ({ installed, node, work }, { prompt }) => [
    node,
    join(installed, "node_modules/openclaw/openclaw.mjs"),
    "agent",
    "exec",
    prompt,
    "--cwd",
    work,
  ],
  asksOnce: "each of its headless runs is a conversation of its own",
  env: {},
};
