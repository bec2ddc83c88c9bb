import { join } from "node:path";
import type { Agent } from "../agent.ts";

export const cline: Agent = {
  name: "cline",
  packages: ["cline@latest"],
  wires: [{ name: "chat", connecting: () => ({ by: "advice", line: /: (cline auth .*)$/m }) }],
  command: ({ installed }, { prompt }) => [
    join(installed, "node_modules/.bin/cline"),
    "--auto-approve",
    "true",
    prompt,
  ],
  asksOnce: "it resumes a session only by the id that it shows",
  env: {},
};
