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
  readonly folder?: string;
  readonly file: string;
  /** What has to stand in the file behind the snippet. */
  readonly more?: string;
  /** The command that runs the file, in its folder. */
  readonly command: (node: string) => readonly string[];
  /** Switches for what it would ask elsewhere. */
  readonly env?: Readonly<Record<string, string>>;
};

const byNode = (name: string, packages: readonly string[]): SnippetRun => ({
  name,
  packages,
  file: "ask.mjs",
  command: (node) => [node, "ask.mjs"],
});

/** Its seven hundred packages are installed once. */
export const PROMPTFOO = {
  packages: ["promptfoo"],
  folder: "promptfoo",
  env: { PROMPTFOO_DISABLE_TELEMETRY: "1", PROMPTFOO_DISABLE_UPDATE: "1", PROMPTFOO_DISABLE_SHARING: "1" },
};

export const SNIPPETS: readonly SnippetRun[] = [
  { name: "curl", packages: [], file: "ask.sh", command: () => ["sh", "ask.sh"] },
  byNode("openai-node", ["openai"]),
  byNode("openai-agents", ["@openai/agents", "openai", "zod"]),
  byNode("anthropic-node", ["@anthropic-ai/sdk"]),
  byNode("ai-sdk", ["ai", "@ai-sdk/openai-compatible"]),
  byNode("langchain", ["@langchain/openai", "@langchain/core"]),
  {
    name: "promptfoo",
    ...PROMPTFOO,
    file: "promptfooconfig.yaml",
    // Where the answer is another, its exit code is not 0.
    more: `\nprompts: ["What is made?"]\ntests:\n  - assert: [{ type: equals, value: ${ASIDE} }]\n`,
    command: (node) => [node, "node_modules/.bin/promptfoo", "eval", "--no-cache"],
  },
];

/** Runs what `connect` prints on standard output, to the letter; it must print the model's answer. */
export async function runSnippet(
  { name, packages, folder: place = `${name}-snippet`, file, more = "", command, env: own }: SnippetRun,
  workshop: Workshop,
  node: string,
  requests: readonly RecordedRequest[],
): Promise<string> {
  const folder = join(workshop.packages, place);
  mkdirSync(folder, { recursive: true });
  if (packages.length > 0) await install(folder, packages);
  const env = { ...agentEnvironment(folder, node), ...own };
  const { stdout } = await connect(workshop, [name], { cwd: folder, env });
  writeFileSync(join(folder, file), stdout + more);
  const before = requests.length;
  const ended = await runWell(command(node), { cwd: folder, env, seconds: 120 });
  if (!ended.stdout.includes(ASIDE)) throw new Error(`it printed ${JSON.stringify(ended.stdout)}`);
  const asked = requests.slice(before);
  if (asked.length !== 1 || asked[0]?.refusal)
    throw new Error(`${asked.length} requests: ${asked[0]?.refusal?.message}`);
  return "1 request";
}
