import { join } from "node:path";
import { type Agent, MODEL } from "../agent.ts";

const socketConfig = (url: string) => `model = "${MODEL}"
model_provider = "claude-max-api"

[model_providers.claude-max-api]
name = "claude-max-api"
base_url = "${url}/v1"
wire_api = "responses"
supports_websockets = true
`;

export const codex: Agent = {
  name: "codex",
  packages: ["@openai/codex@latest"],
  wires: [
    { name: "responses", connecting: () => ({ by: "write" }) },
    {
      name: "responses-socket",
      connecting: ({ url }) => ({ by: "files", files: { ".codex/config.toml": socketConfig(url) } }),
    },
  ],
  command: ({ installed }, { prompt, again }) => [
    join(installed, "node_modules/.bin/codex"),
    "exec",
    "--strict-config",
    "--skip-git-repo-check",
    // The sandbox needs what few containers allow; the only commands are ours.
    "--dangerously-bypass-approvals-and-sandbox",
    "-c",
    "analytics.enabled=false",
    "-c",
    "check_for_update_on_startup=false",
    ...(again ? ["resume", "--last"] : []),
    prompt,
  ],
  showsImages: true,
  env: {},
};
