import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import Type from "typebox";
import { Value } from "typebox/value";
import { install, runWell } from "./workshop.ts";

const NODES = "@n8n/n8n-nodes-langchain";
const BASE = "n8n-nodes-base";

/**
 * What those of n8n's nodes require that are run, and the engine that runs them. Whole n8n brings databases and compilers, and one package
 * that is not on npm.
 */
const REQUIRED = [
  ...[
    "n8n-core",
    "n8n-workflow",
    "@n8n/ai-utilities",
    "@n8n/config",
    "@n8n/di",
    "@n8n/json-schema-to-zod",
    "@n8n/utils",
  ],
  ...["@langchain/anthropic", "@langchain/classic", "@langchain/core", "@langchain/openai", "openai"],
  ...["generate-schema", "lodash", "zod"],
];

const Manifest = Type.Object({ version: Type.String(), dependencies: Type.Record(Type.String(), Type.String()) });

/** Installs n8n's nodes for models in a folder of their own, which it returns: them without most of what they depend on. */
export async function installN8nNodes(folder: string): Promise<string> {
  const unpacked = join(folder, "node_modules", NODES);
  if (existsSync(unpacked)) return folder;
  mkdirSync(folder, { recursive: true });
  const asked = await npm(folder, ["view", NODES, "version", "dependencies", "--json"]);
  const { version, dependencies } = Value.Parse(Manifest, JSON.parse(asked));
  const exactly = (name: string) => {
    const range = dependencies[name];
    if (range === undefined) throw new Error(`${NODES} ${version} does not depend on ${name} any more`);
    return `${name}@${range}`;
  };
  await install(folder, REQUIRED.map(exactly));
  // An agent's description takes a word from there, and a workflow begins with one of these nodes.
  const wanted = ["dist/utils", "dist/nodes/ManualTrigger"].map((path) => `package/${path}`);
  await unpack(folder, exactly(BASE), join(folder, "node_modules", BASE), wanted);
  await unpack(folder, `${NODES}@${version}`, unpacked, []);
  return folder;
}

/** Unpacks a package, or these of its files. */
async function unpack(folder: string, name: string, into: string, members: readonly string[]): Promise<void> {
  const packed = (await npm(folder, ["pack", "--silent", name])).trim();
  mkdirSync(into, { recursive: true });
  await runWell(["tar", "-xzf", packed, "-C", into, "--strip-components=1", ...members], placeOf(folder));
}

async function npm(folder: string, words: readonly string[]): Promise<string> {
  return (await runWell(["npm", ...words], placeOf(folder))).stdout;
}

function placeOf(folder: string) {
  return { cwd: folder, env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? folder }, seconds: 300 };
}
