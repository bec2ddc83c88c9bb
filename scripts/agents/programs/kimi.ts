import { join } from "node:path";
import { type Agent, KEY, MODEL, type Wire } from "../agent.ts";

function speaking(name: string, type: string): Wire {
  return {
    name,
    connecting: ({ url }) => ({
      by: "files",
      files: {
        ".kimi-code/config.toml": `default_model = "ours"
telemetry = false

[providers.ours]
type = "${type}"
base_url = "${url}/v1"
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
    speaking("chat", "openai"),
    speaking("chat as Kimi's own", "kimi"),
    speaking("responses", "openai_responses"),
    { name: "messages", connecting: () => ({ by: "write" }) },
  ],
  command: ({ installed, node }, { prompt, again }) => [
    node,
    join(installed, "node_modules/@moonshot-ai/kimi-code/dist/main.mjs"),
    ...(again ? ["--continue"] : []),
    "--prompt",
    prompt,
  ],
  showsImages: true,
  tellsAnew: "the model of one tool less",
  delegating: { description: "Looks", run_in_background: false },
  env: { KIMI_CODE_NO_AUTO_UPDATE: "1" },
};
