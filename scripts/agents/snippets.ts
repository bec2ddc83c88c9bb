import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { agentEnvironment, connect, install, runWell, type Workshop } from "./workshop.ts";

/** A snippet that is a program: what it needs from npm, and what runs it. */
export type SnippetRun = {
  readonly name: string;
  readonly packages: readonly string[];
  readonly file: string;
  readonly by: string;
};

export const SNIPPETS: readonly SnippetRun[] = [
  { name: "curl", packages: [], file: "ask.sh", by: "sh" },
  { name: "openai-node", packages: ["openai"], file: "ask.mjs", by: "node" },
  { name: "openai-agents", packages: ["@openai/agents", "openai", "zod"], file: "ask.mjs", by: "node" },
  { name: "anthropic-node", packages: ["@anthropic-ai/sdk"], file: "ask.mjs", by: "node" },
  { name: "ai-sdk", packages: ["ai", "@ai-sdk/openai-compatible"], file: "ask.mjs", by: "node" },
  { name: "langchain", packages: ["@langchain/openai", "@langchain/core"], file: "ask.mjs", by: "node" },
];

/** Runs what `connect` prints on standard output, to the letter; it must print the model's answer. */
export async function runSnippet(
  { name, packages, file, by }: SnippetRun,
  workshop: Workshop,
  answer: string,
  requests: readonly RecordedRequest[],
): Promise<string> {
  const folder = join(workshop.folder, name);
  mkdirSync(folder, { recursive: true });
  if (packages.length > 0) await install(folder, packages);
  const env = agentEnvironment(folder);
  const { stdout } = await connect(workshop, [name], { cwd: folder, env });
  writeFileSync(join(folder, file), stdout);
  const before = requests.length;
  const ended = await runWell([by, file], { cwd: folder, env, seconds: 60 });
  if (!ended.stdout.includes(answer)) throw new Error(`it printed ${JSON.stringify(ended.stdout)}`);
  const own = requests.slice(before);
  if (own.length !== 1 || own[0]?.refusal) throw new Error(`${own.length} requests: ${own[0]?.refusal?.message}`);
  return "1 request";
}
