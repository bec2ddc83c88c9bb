import { join } from "node:path";
import { type Agent, KEY, MODEL, type Wire } from "../agent.ts";

/** A provider that opencode brings along, at our address. */
export function byPackage(name: string, npm: string, file: string): Wire {
  return {
    name,
    connecting: ({ url }) => {
      const model = {
        name: MODEL,
        attachment: true,
        reasoning: true,
        tool_call: true,
        limit: { context: 200_000, output: 32_000 },
      };
      const ours = { npm, name: "ours", options: { baseURL: `${url}/v1`, apiKey: KEY }, models: { [MODEL]: model } };
      return { by: "files", files: { [file]: JSON.stringify({ model: `ours/${MODEL}`, provider: { ours } }) } };
    },
  };
}

export const opencode: Agent = {
  name: "opencode",
  packages: ["opencode-ai@latest"],
  wires: [
    { name: "chat", connecting: () => ({ by: "write" }) },
    byPackage("responses", "@ai-sdk/openai", ".config/opencode/opencode.json"),
    byPackage("messages", "@ai-sdk/anthropic", ".config/opencode/opencode.json"),
  ],
  command: ({ installed }, { prompt, again }) => [
    join(installed, `node_modules/opencode-${process.platform}-${process.arch}/bin/opencode`),
    "run",
    ...(again ? ["--continue"] : []),
    prompt,
  ],
  showsImages: true,
  delegating: { description: "Looks", subagent_type: "general" },
  env: {
    OPENCODE_DISABLE_AUTOUPDATE: "1",
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    OPENCODE_DISABLE_SHARE: "1",
    OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
    OPENCODE_PERMISSION: JSON.stringify({ "*": "allow" }),
  },
};
