import { join } from "node:path";
import type { Agent } from "../agent.ts";
import { byPackage } from "./opencode.ts";

const FILE = ".config/kilo/kilo.json";

/** It grew out of opencode, and is set up the same way. */
export const kilo: Agent = {
  name: "kilo",
  packages: ["@kilocode/cli@latest", `@kilocode/cli-${process.platform}-${process.arch}@latest`],
  wires: [
    { name: "chat", connecting: () => ({ by: "write" }) },
    byPackage("responses", "@ai-sdk/openai", FILE),
    byPackage("messages", "@ai-sdk/anthropic", FILE),
  ],
  command: ({ installed }, { prompt, again }) => [
    join(installed, "node_modules/.bin/kilo"),
    "run",
    "--auto",
    ...(again ? ["--continue"] : []),
    prompt,
  ],
  showsImages: true,
  delegating: { description: "Looks", subagent_type: "general", background: false },
  env: {
    // Else it waits for their lists of models.
    KILO_CONFIG_CONTENT: JSON.stringify({ disabled_providers: ["kilo", "apertis"] }),
    KILO_DISABLE_AUTOUPDATE: "1",
    KILO_DISABLE_MODELS_FETCH: "1",
    KILO_DISABLE_SHARE: "1",
    KILO_DISABLE_DEFAULT_PLUGINS: "1",
    KILO_DISABLE_CODEBASE_INDEXING: "1",
    KILO_DISABLE_SESSION_INGEST: "1",
    KILO_TELEMETRY_LEVEL: "off",
  },
};
