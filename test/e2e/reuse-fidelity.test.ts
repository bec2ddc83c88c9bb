import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import {
  blocks,
  hangMidStream,
  type Reply,
  text,
  textBlock,
  thinkingBlock,
  toolUse,
} from "../../src/simulator/reply.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { Conversation, expectedTurns, type Step, toldTurns } from "../support/agent-conversation.ts";
import { anyDialect, type Dialect, DialectClient } from "../support/dialect-client.ts";
import { fidelityLimitMs, fidelityRuns, isBrief } from "../support/fidelity-runs.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { canSeeProcesses, claudeProcessesOf, killSeen } from "../support/processes.ts";
import { receivedSystem } from "../support/received.ts";
import { until } from "../support/wait.ts";
import { readHealth } from "../support/wire.ts";

// Many agents at once, in any dialect, with calls, results, images, edits, branches and second thoughts, over few processes, which are continued,
// rewound, bound anew, parked, evicted, or killed: each request to the model is exactly one client's request, whole, and nothing of any other. A
// request that fails, or that its client gives up, may reach the model once, and not twice.

let app: Harness;
beforeAll(async () => {
  app = await startHarness({ config: { maxParked: 2 }, responder });
});
afterAll(() => app[Symbol.asyncDispose]());

let calls = 0;
const NEVER_ANSWERED = "keep me waiting";

function responder({ body }: RecordedRequest): Reply {
  const last = body.messages.findLast(({ role }) => role === "user")?.content ?? "";
  const said = typeof last === "string" ? last : String(last.at(-1)?.text ?? "");
  if (said === NEVER_ANSWERED) return hangMidStream("Let me");
  const count = body.tools?.length ? Number(/^call (\d)/.exec(said)?.[1] ?? 0) : 0;
  if (count === 0) return text(`re: ${said}`);
  const asked = Array.from({ length: count }, (_, n) => toolUse(`toolu_${++calls}`, "look", { n, of: count }));
  return blocks([thinkingBlock("Hm."), textBlock("Looking."), ...asked]);
}

const words = fc.constantFrom("a", "/clear", "call 1", "call 1", "call 2", "call 3", NEVER_ANSWERED, "x".repeat(5_000));
const types = ["say", "say", "say", "say", "show", "regenerate", "edit", "back", "rewrite", "tools"] as const;
/** What the client does with the calls that are open when it takes its next step. */
const manners = ["all", "all", "all", "reversed", "some", "none", "parts", "image", "large", "empty"] as const;
const step: fc.Arbitrary<Step> = fc.record({
  type: fc.constantFrom(...types),
  text: words,
  results: fc.constantFrom(...manners),
});
const SYSTEMS = ["S", "S", "Another.", ""];
/** `killed`: a process that dies while the batch is being answered, or all, which are gone with whatever they remember before it is asked. */
const batch = fc.record({
  steps: fc.array(fc.record({ conversation: fc.nat(SYSTEMS.length - 1), step, dialect: anyDialect }), {
    minLength: 1,
    maxLength: isBrief ? 2 : 3,
  }),
  killed: fc.nat(11).map((n) => (n === 0 ? "all" : n < 3 ? "one" : "none")),
});
const BATCHES = isBrief ? { minLength: 5, maxLength: 6 } : { minLength: 6, maxLength: 9 };
type Batch = typeof batch extends fc.Arbitrary<infer T> ? T : never;

type Told = { readonly request: string; readonly isSure: boolean };

type Agent = { readonly conversation: Conversation; readonly client: DialectClient };

async function send({ conversation, client }: Agent, taken: Step, dialect: Dialect): Promise<Told> {
  const question = conversation.next(taken);
  const request = JSON.stringify({ system: conversation.system, turns: expectedTurns(question.messages) });
  const leaving = new AbortController();
  const before = app.simulator.requests.length;
  const answering = client.ask(dialect, question, leaving.signal).catch(() => undefined);
  if (JSON.stringify(question.messages.at(-1)).includes(NEVER_ANSWERED)) {
    await Promise.race([app.simulator.waitForRequests(before + 1), answering, Bun.sleep(2_000)]);
    leaving.abort();
  }
  const message = await answering;
  if (message === undefined) conversation.gaveUp();
  else conversation.answered(message);
  return { request, isSure: message !== undefined };
}

function killOne(): void {
  const [first] = claudeProcessesOf(app.home);
  if (first) killSeen(first);
}

async function killAll(): Promise<void> {
  // Others take the place of those that are gone.
  const kill = async () => {
    const seen = claudeProcessesOf(app.home);
    for (const one of seen) killSeen(one);
    return seen.length === 0;
  };
  await until(kill, "all processes are gone");
}

const atRest = async () => (await readHealth(app.url)).workers.busy === 0;

async function check(batches: readonly Batch[]) {
  const agents = SYSTEMS.map((system) => ({
    conversation: new Conversation(system),
    client: new DialectClient(app.url),
  }));
  for (const { steps, killed } of batches) {
    if (killed === "all") await killAll();
    const before = app.simulator.requests.length;
    const busy = new Set<number>();
    const sent = steps.flatMap(({ conversation, step: taken, dialect }) => {
      const agent = agents[conversation];
      if (agent === undefined || busy.has(conversation)) return [];
      busy.add(conversation);
      return [send(agent, taken, dialect)];
    });
    if (killed === "one") setTimeout(killOne, 30);
    const told = await Promise.all(sent);
    // What a client gave up may still be on its way.
    await until(atRest, "no process is busy");
    const asked = app.simulator.requests
      .slice(before)
      .map((request) => JSON.stringify({ system: receivedSystem(request) ?? "", turns: toldTurns(request) }));
    for (const { request, isSure } of told) {
      const index = asked.indexOf(request);
      if (isSure) expect(asked).toContain(request);
      if (index !== -1) asked.splice(index, 1);
    }
    expect(asked).toEqual([]);
  }
}

test.skipIf(!canSeeProcesses)(
  "each request to the model is exactly one client's request, however agents go about, and whatever becomes of processes",
  async () => {
    // One run in two would be of the first values alone.
    const property = fc.asyncProperty(fc.noBias(fc.array(batch, BATCHES)), check);
    await fc.assert(property, { numRuns: fidelityRuns(1), endOnFailure: true });
  },
  fidelityLimitMs(180_000),
);
