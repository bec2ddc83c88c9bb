import { copyFileSync } from "node:fs";
import { join } from "node:path";
import Type from "typebox";
import { Value } from "typebox/value";
import { KEY, MODEL } from "./agent.ts";
import type { Order } from "./model.ts";
import type { Around, Outcome } from "./tool-loop.ts";
import { agentEnvironment, install, runWell } from "./workshop.ts";

/** A library for programs: a script of ours (`sdks/NAME.mjs`) has it call a function, ask again, and give up an answer. */
export type Sdk = { readonly name: string; readonly packages: readonly string[]; readonly wires: readonly string[] };

export const SDKS: readonly Sdk[] = [
  {
    name: "ai-sdk",
    packages: ["ai", "@ai-sdk/openai-compatible", "@ai-sdk/openai", "@ai-sdk/anthropic", "zod"],
    wires: ["chat", "responses", "messages"],
  },
  {
    name: "langchain",
    packages: ["@langchain/core", "@langchain/openai", "@langchain/anthropic", "zod"],
    wires: ["chat", "responses", "messages"],
  },
  { name: "openai-agents", packages: ["@openai/agents", "openai", "zod"], wires: ["chat", "responses"] },
];

/** What a script prints. */
const Told = Type.Object({
  texts: Type.Array(Type.String()),
  calls: Type.Array(Type.Array(Type.Number())),
  /** What had come of the answer that was given up. */
  seen: Type.String(),
});

/** What the model is asked for: each of the first two with one call, the last one slowly, so that it is given up before its end. */
function ordersFor(name: string): readonly [Order, Order, Order] {
  const order = (mark: string, steps: Order["steps"]) => ({
    mark: `${mark}-of-${name}`,
    steps,
    finalText: `All of ${mark} is done, and nothing else was touched.`,
  });
  const add = (a: number, b: number): Order["steps"] => [[{ kind: "call", name: "add", input: { a, b } }]];
  return [order("task-1", add(2, 3)), order("task-2", add(5, 8)), { ...order("task-3", []), isSlow: true }];
}

export async function useSdk({ name, packages }: Sdk, wire: string, around: Around): Promise<Outcome> {
  const { workshop, node, give } = around;
  const folder = await install(join(workshop.packages, `${name}-sdk`), packages);
  const script = join(folder, "use.mjs");
  copyFileSync(join(import.meta.dir, `sdks/${name}.mjs`), script);
  const orders = ordersFor(name);
  const asked = give(orders);
  const [first, second, third] = orders.map(({ mark }) => `Add as you were told (${mark}).`);
  const env = {
    ...agentEnvironment(folder, node),
    BASE_URL: `${workshop.url}/v1`,
    API_KEY: KEY,
    MODEL,
    WIRE: wire,
    ...{ FIRST: first ?? "", SECOND: second ?? "", THIRD: third ?? "" },
  };
  const { stdout } = await runWell([node, script], { cwd: folder, env, seconds: 90 });
  const { requests } = asked();
  // Before it, a library may print warnings.
  const told = Value.Parse(Told, JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
  const problems: string[] = [];
  const wanted = orders.slice(0, 2).map(({ finalText }) => finalText);
  if (!Bun.deepEquals(told.texts, wanted)) problems.push(`it was told ${JSON.stringify(told.texts)}`);
  const calls = [
    [2, 3],
    [5, 8],
  ];
  if (!Bun.deepEquals(told.calls, calls)) problems.push(`its function was called with ${JSON.stringify(told.calls)}`);
  if (told.seen === "" || told.seen === orders[2].finalText) problems.push(`of what it gave up it saw ${told.seen}`);
  for (const { refusal } of requests) if (refusal) problems.push(`the API refused: ${refusal.message}`);
  // Two for each question that calls a function, and the one that was given up.
  if (requests.length !== 5) problems.push(`the model was asked ${requests.length} times, not 5`);
  return { summary: "a call, a second question, and an answer given up: 5 requests", problems, notes: [] };
}
