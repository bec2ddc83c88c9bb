import { join } from "node:path";
import { type Agent, KEY, MODEL, type Wire } from "../agent.ts";

function speaking(name: string, type: string, path: string): Wire {
  return {
    name,
    connecting: ({ url }) => ({
      by: "files",
      files: {
        ".kimi-code/config.toml": `default_model = "ours"
telemetry = false

[providers.ours]
type = "${type}"
base_url = "${url}${path}"
api_key = "${KEY}"

[models.ours]
provider = "ours"
model = "${MODEL}"
max_context_size = 200000
capabilities = ["thinking", "image_in", "tool_use"]
`,
      },
    }),
  };
}

export const kimi: Agent = {
  name: "kimi-code",
  packages: ["@moonshot-ai/kimi-code@latest"],
  wires: [
    speaking("chat", "openai", "/v1"),
    speaking("chat as Kimi's own", "kimi", "/v1"),
    speaking("responses", "openai_responses", "/v1"),
    speaking("messages", "anthropic", ""),
  ],
  command: ({ installed, node }, { prompt, again }) => [
    node,
    join(installed, "node_modules/@moonshot-ai/kimi-code/dist/main.mjs"),
    ...(again ? ["--continue"] : []),
    "--prompt",
    prompt,
  ],
  env: { KIMI_CODE_NO_AUTO_UPDATE: "1" },
};
