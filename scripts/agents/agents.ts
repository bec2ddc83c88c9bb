import { join } from "node:path";

/** A program of somebody else's that works by itself: it asks the model, runs what that wants, and asks again. */
export type Agent = {
  /** As `connect` knows it. */
  readonly name: string;
  /** What npm installs. Without a version it may choose an older one that fits the Node.js at hand. */
  readonly packages: readonly string[];
  /** What else connects it, where its file is not ours to write: a pattern that finds the command line in what `connect` says. */
  readonly connectedBy?: RegExp;
  /** The command line that gives it a task. */
  readonly command: (installed: string, prompt: string, work: string) => readonly string[];
  /** Switches for what it would ask elsewhere: updates, statistics, lists of models. */
  readonly env: Readonly<Record<string, string>>;
};

const bin = (installed: string, name: string) => join(installed, "node_modules/.bin", name);

export const AGENTS: readonly Agent[] = [
  {
    name: "codex",
    packages: ["@openai/codex@latest"],
    command: (installed, prompt, work) => [
      bin(installed, "codex"),
      "exec",
      "--strict-config",
      "--skip-git-repo-check",
      // The sandbox needs what few containers allow; the only command is ours.
      "--dangerously-bypass-approvals-and-sandbox",
      "-c",
      "analytics.enabled=false",
      "-c",
      "check_for_update_on_startup=false",
      "-C",
      work,
      prompt,
    ],
    env: {},
  },
  {
    name: "opencode",
    packages: ["opencode-ai@latest"],
    command: (installed, prompt) => [
      join(installed, `node_modules/opencode-${process.platform}-${process.arch}/bin/opencode`),
      "run",
      prompt,
    ],
    env: {
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_SHARE: "1",
      OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
      OPENCODE_PERMISSION: JSON.stringify({ "*": "allow" }),
    },
  },
  {
    name: "cline",
    packages: ["cline@latest"],
    connectedBy: /: (cline auth .*)$/m,
    command: (installed, prompt) => [bin(installed, "cline"), "--auto-approve", "true", prompt],
    env: {},
  },
  {
    name: "openclaw",
    // It wants a newer Node.js than ours need be; that comes from npm, too.
    packages: ["openclaw@latest", `node-${process.platform}-${process.arch}@24`],
    command: (installed, prompt, work) => [
      join(installed, `node_modules/node-${process.platform}-${process.arch}/bin/node`),
      join(installed, "node_modules/openclaw/openclaw.mjs"),
      "agent",
      "exec",
      prompt,
      "--cwd",
      work,
    ],
    env: {},
  },
];
