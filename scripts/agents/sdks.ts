import { copyFileSync } from "node:fs";
import { join } from "node:path";
import Type from "typebox";
import { Value } from "typebox/value";
import { KEY, MODEL } from "./agent.ts";
import type { Order } from "./model.ts";
import { installN8nNodes } from "./n8n-nodes.ts";
import { describeLoop, loopOf } from "./served.ts";
import { PROMPTFOO } from "./snippets.ts";
import type { Around, Outcome } from "./tool-loop.ts";
import { agentEnvironment, install, runWell } from "./workshop.ts";

/** A library for programs, or a program that is one: a script of ours (`sdks/NAME.mjs`) has it call a function, ask again, and give up an answer. */
export type Sdk = {
  readonly name: string;
  readonly packages: readonly string[] | ((folder: string) => Promise<string>);
  /** The folder that it is installed in, where its snippet has it, too. */
  readonly folder?: string;
  readonly wires: readonly string[];
  /** Switches for what it would ask elsewhere. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Wires on which it tells its calls back otherwise than the model made them, while it forgets what was thought before. So what the model
   * thought of the second no longer holds: the API refuses it, and the server asks once more without.
   */
  readonly altersCalls?: readonly string[];
};

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
  { name: "promptfoo", ...PROMPTFOO, wires: ["chat", "responses", "messages"] },
  {
    name: "n8n",
    packages: installN8nNodes,
    wires: ["chat", "responses", "messages"],
    env: { N8N_DIAGNOSTICS_ENABLED: "false" },
    altersCalls: ["messages"],
  },
];

/** Some of them take long to load. */
const SECONDS = 300;

/** For the server to hear of an answer that was given up, and to give it up in turn. */
const ABORT_MS = 10_000;

/** What a script prints. */
const Told = Type.Object({
  texts: Type.Array(Type.String()),
  calls: Type.Array(Type.Array(Type.Number())),
  /** What had come of the answer when it was given up. */
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

export async function useSdk(sdk: Sdk, wire: string, around: Around): Promise<Outcome> {
  const { name, packages, altersCalls = [] } = sdk;
  const { workshop, node, give } = around;
  const place = join(workshop.packages, sdk.folder ?? `${name}-sdk`);
  const folder = typeof packages === "function" ? await packages(place) : await install(place, packages);
  const script = join(folder, "use.mjs");
  copyFileSync(join(import.meta.dir, `sdks/${name}.mjs`), script);
  const orders = ordersFor(name);
  const asked = give(orders);
  const [first, second, third] = orders.map(({ mark }) => `Add as you were told (${mark}).`);
  const env = {
    ...agentEnvironment(folder, node),
    ...sdk.env,
    BASE_URL: `${workshop.url}/v1`,
    API_KEY: KEY,
    MODEL,
    WIRE: wire,
    ...{ FIRST: first ?? "", SECOND: second ?? "", THIRD: third ?? "" },
  };
  const { stdout } = await runWell([node, script], { cwd: folder, env, seconds: SECONDS });
  const { requests, served } = asked();
  const last = requests.at(-1);
  await Promise.race([last?.aborted, Bun.sleep(ABORT_MS)]);
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
  if (last?.isAborted !== true) problems.push("what it gave up went on");
  const refusals = requests.flatMap(({ refusal }) => refusal?.message ?? []);
  const refused = altersCalls.includes(wire) ? 1 : 0;
  const isExpected =
    refusals.length === refused && refusals.every((message) => message.includes("Invalid `signature`"));
  if (!isExpected) problems.push(`the API refused: ${refusals.join("; ") || "nothing"}`);
  // Two for each question that calls a function, and the one that was given up.
  const count = 5 + refused;
  if (requests.length !== count) problems.push(`the model was asked ${requests.length} times, not ${count}`);
  const summary = `a call, a second question, and an answer given up: ${requests.length} requests; ${describeLoop(loopOf(served))}`;
  return { summary, problems, notes: [] };
}
