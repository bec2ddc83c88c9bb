import { join } from "node:path";
import type { Agent } from "../agent.ts";
import type { Step } from "../tools.ts";

/** Most of its tools it offers only once the model has searched for them. */
const LOADING: readonly (readonly Step[])[] = [
  [{ kind: "call", name: "ToolSearch", input: { query: "select:CronList,TaskStop" } }],
  [{ kind: "call", name: "CronList", input: {} }],
  [{ kind: "call", name: "TaskStop", input: { task_id: "none" } }],
];

export const claudeCode: Agent = {
  name: "claude-code",
  packages: [
    "@anthropic-ai/claude-code@latest",
    `@anthropic-ai/claude-code-${process.platform}-${process.arch}@latest`,
  ],
  wires: [
    {
      name: "messages",
      connecting: () => ({ by: "variables" }),
    },
    { name: "messages, with tools loaded", connecting: () => ({ by: "variables" }), more: LOADING },
  ],
  command: ({ installed }, { prompt, again }) => [
    join(installed, `node_modules/@anthropic-ai/claude-code-${process.platform}-${process.arch}/claude`),
    ...(again ? ["--continue"] : []),
    "--dangerously-skip-permissions",
    "--print",
    prompt,
  ],
  showsImages: true,
  delegating: { subagent_type: "general-purpose", run_in_background: false },
  // The first lets root skip permissions: what runs is ours.
  env: {
    IS_SANDBOX: "1",
    CLAUDE_CODE_MAX_RETRIES: "2",
    DISABLE_AUTOUPDATER: "1",
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
  },
};
