import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { ASIDE } from "./model.ts";
import { agentEnvironment, connect, install, runWell, type Workshop } from "./workshop.ts";

/** A snippet that a program runs as it is. */
export type SnippetRun = {
  readonly name: string;
  /** What it needs from npm. */
  readonly packages: readonly string[];
  readonly file: string;
  /** What has to stand in the file behind the snippet. */
  readonly more?: string;
  /** The command that runs the file, in its folder. */
  readonly command: readonly string[];
  /** Switches for what it would ask elsewhere. */
  readonly env?: Readonly<Record<string, string>>;
};

const byNode = (name: string, packages: readonly string[]): SnippetRun => ({
  name,
  packages,
  file: "ask.mjs",
  command: ["node", "ask.mjs"],
});

export const SNIPPETS: readonly SnippetRun[] = [
  { name: "curl", packages: [], file: "ask.sh", command: ["sh", "ask.sh"] },
  byNode("openai-node", ["openai"]),
  byNode("openai-agents", ["@openai/agents", "openai", "zod"]),
  byNode("anthropic-node", ["@anthropic-ai/sdk"]),
  byNode("ai-sdk", ["ai", "@ai-sdk/openai-compatible"]),
  byNode("langchain", ["@langchain/openai", "@langchain/core"]),
  {
    name: "promptfoo",
    packages: ["promptfoo"],
    file: "promptfooconfig.yaml",
    // Where the answer is another, its exit code is not 0.
    more: `\nprompts: ["What is made?"]\ntests:\n  - assert: [{ type: equals, value: ${ASIDE} }]\n`,
    command: ["node", "node_modules/.bin/promptfoo", "eval", "--no-cache"],
    env: { PROMPTFOO_DISABLE_TELEMETRY: "1", PROMPTFOO_DISABLE_UPDATE: "1", PROMPTFOO_DISABLE_SHARING: "1" },
  },
];

/** Runs what `connect` prints on standard output, to the letter; it must print the model's answer. */
export async function runSnippet(
  { name, packages, file, more = "", command, env: own }: SnippetRun,
  workshop: Workshop,
  requests: readonly RecordedRequest[],
): Promise<string> {
  const folder = join(workshop.packages, `${name}-snippet`);
  mkdirSync(folder, { recursive: true });
  if (packages.length > 0) await install(folder, packages);
  const env = { ...agentEnvironment(folder), ...own };
  const { stdout } = await connect(workshop, [name], { cwd: folder, env });
  writeFileSync(join(folder, file), stdout + more);
  const before = requests.length;
  const ended = await runWell(command, { cwd: folder, env, seconds: 120 });
  if (!ended.stdout.includes(ASIDE)) throw new Error(`it printed ${JSON.stringify(ended.stdout)}`);
  const asked = requests.slice(before);
  if (asked.length !== 1 || asked[0]?.refusal)
    throw new Error(`${asked.length} requests: ${asked[0]?.refusal?.message}`);
  return "1 request";
}
