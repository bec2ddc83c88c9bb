import { conversationOf, type MessagesBody } from "../../src/simulator/messages-body.ts";
import { blocks, type Reply, text, textBlock, toolUse } from "../../src/simulator/reply.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { waitForWarm } from "./binary.ts";
import { quantile, row, timeStream } from "./timing.ts";

// A loop as agents run it: a question, four calls of a tool, each answered at once, and the answer. Each step is asked of the
// simulated API directly, too, with the same conversation: what ours takes longer is what we add.

const STEPS = 5;
/** What a step after the first may add. */
const GOAL_MS = 60;
const SYSTEM = "You are an agent. Use the tools.";
const NAME = "read_file";
const DESCRIPTION = "Reads a file";
const SCHEMA = { type: "object", properties: { path: { type: "string" } }, required: ["path"] };
/** Tells our own requests from those that the CLI sends. */
const DIRECT = "x-bench-direct";

/** What a step takes longer than the simulated API itself. */
type Added = { readonly step: number; readonly firstEventMs: number; readonly endMs: number };

export type ToolLoopReport = {
  readonly rounds: number;
  readonly upstreamRequestsPerLoop: number;
  readonly addedMs: readonly { name: string; median: number; p95: number; max: number }[];
  readonly goalMs: number;
  readonly isGoalMet: boolean;
};

/** The simulated model's part: a call, until it has seen the results of all but the last step. */
export function answerToolLoop(body: MessagesBody): Reply {
  const step = resultsIn(body) + 1;
  if (step === STEPS) return text("Done, all files are read.");
  return blocks([textBlock(`Reading file ${step}.`), toolUse(callId(step), NAME, input(step))]);
}

export async function measureToolLoop(url: string, simulator: Simulator, rounds: number): Promise<ToolLoopReport> {
  const added: Added[] = [];
  const asked = new Set<number>();
  await waitForWarm(url);
  // The first round warms every path, and is not counted.
  for (let round = 0; round <= rounds; round++) {
    const before = simulator.requests.length;
    const loop = await runLoop(url, simulator.url, round);
    // Also gives what the CLI might send on its own, after the answer, the time to arrive.
    await waitForWarm(url);
    asked.add(simulator.requests.slice(before).filter(({ headers }) => !headers.has(DIRECT)).length);
    if (round > 0) added.push(...loop);
  }
  const [upstreamRequestsPerLoop = 0, ...others] = asked;
  if (upstreamRequestsPerLoop !== STEPS || others.length > 0) {
    throw new Error(`loops of ${STEPS} steps asked the model this often: ${[...asked].join(", ")}`);
  }
  return { rounds, upstreamRequestsPerLoop, ...summarize(added) };
}

export function printToolLoop({ rounds, upstreamRequestsPerLoop, addedMs, goalMs, isGoalMet }: ToolLoopReport): void {
  console.log(
    `\nA tool loop of ${STEPS} steps: ms added to the simulated API's own time, ${rounds} interleaved rounds\n`,
  );
  console.log(`${"".padEnd(36)}  median     p95     max`);
  for (const { name, median, p95, max } of addedMs) console.log(row(name, [median, p95, max]));
  console.log(`\nRequests to the model in each loop: ${upstreamRequestsPerLoop}`);
  console.log(
    `Goal, less than ${goalMs} ms (95th percentile of steps 2 to ${STEPS}, to the end): ${isGoalMet ? "met" : "missed"}`,
  );
}

async function runLoop(url: string, simulatorUrl: string, round: number): Promise<Added[]> {
  const added: Added[] = [];
  const ask = {
    direct: (step: number) =>
      timeStream(`${simulatorUrl}/v1/messages`, directBody(round, step), "\n\n", { [DIRECT]: "1" }),
    ours: (step: number) => timeStream(`${url}/v1/chat/completions`, ourBody(round, step), "\n\n"),
  };
  for (let step = 1; step <= STEPS; step++) {
    // Whoever comes second finds the machine a little warmer.
    const early = round % 2 === 0 ? await ask.direct(step) : undefined;
    const ours = await ask.ours(step);
    const direct = early ?? (await ask.direct(step));
    const wanted = step === STEPS ? '"finish_reason":"stop"' : callId(step);
    if (!ours.body.includes(wanted)) throw new Error(`step ${step} lacks ${wanted}: ${ours.body}`);
    added.push({ step, firstEventMs: ours.beginMs - direct.beginMs, endMs: ours.endMs - direct.endMs });
  }
  return added;
}

function summarize(added: readonly Added[]): Pick<ToolLoopReport, "addedMs" | "goalMs" | "isGoalMet"> {
  const rows = (name: string, steps: readonly Added[]) => [
    figures(`${name}, first event`, steps, ({ firstEventMs }) => firstEventMs),
    figures(`${name}, end`, steps, ({ endMs }) => endMs),
  ];
  const later = added.filter(({ step }) => step > 1);
  const each = Map.groupBy(added, ({ step }) => step);
  const addedMs = [
    ...rows(`steps 2 to ${STEPS}`, later),
    ...[...each].flatMap(([step, own]) => rows(`step ${step}`, own)),
  ];
  const isGoalMet = figures("all", later, ({ endMs }) => endMs).p95 < GOAL_MS;
  return { addedMs, goalMs: GOAL_MS, isGoalMet };
}

function figures(name: string, steps: readonly Added[], figure: (step: Added) => number) {
  const values = steps.map(figure);
  return { name, median: quantile(values, 0.5), p95: quantile(values, 0.95), max: Math.max(...values) };
}

const callId = (step: number) => `toolu_step_${step}`;
const input = (step: number) => ({ path: `src/file-${step}.ts` });
const result = (step: number) => `export const value${step} = ${step};\n`.repeat(20);
const question = (round: number) => `Read the files of round ${round}.`;

/** The steps that lie behind. */
function pastSteps(step: number): number[] {
  return Array.from({ length: step - 1 }, (_, index) => index + 1);
}

function ourBody(round: number, step: number): object {
  const past = pastSteps(step).flatMap((done) => [
    {
      role: "assistant",
      content: `Reading file ${done}.`,
      tool_calls: [
        { id: callId(done), type: "function", function: { name: NAME, arguments: JSON.stringify(input(done)) } },
      ],
    },
    { role: "tool", tool_call_id: callId(done), content: result(done) },
  ]);
  return {
    model: "claude-sonnet-4",
    stream: true,
    tools: [{ type: "function", function: { name: NAME, description: DESCRIPTION, parameters: SCHEMA } }],
    messages: [{ role: "system", content: SYSTEM }, { role: "user", content: question(round) }, ...past],
  };
}

function directBody(round: number, step: number): object {
  const past = pastSteps(step).flatMap((done) => [
    {
      role: "assistant",
      content: [
        { type: "text", text: `Reading file ${done}.` },
        { type: "tool_use", id: callId(done), name: NAME, input: input(done) },
      ],
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: callId(done), content: result(done) }] },
  ]);
  return {
    model: "claude-sonnet-4-5",
    max_tokens: 1000,
    stream: true,
    system: SYSTEM,
    tools: [{ name: NAME, description: DESCRIPTION, input_schema: SCHEMA }],
    messages: [{ role: "user", content: question(round) }, ...past],
  };
}

function resultsIn(body: MessagesBody): number {
  const content = conversationOf(body).flatMap((turn) => turn.content);
  return content.filter(({ type }) => type === "tool_result").length;
}
