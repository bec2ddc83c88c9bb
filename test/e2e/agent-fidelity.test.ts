import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { blocks, type Reply, text, textBlock, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { Conversation, expectedTurns, type Step, toldTurns } from "../support/agent-conversation.ts";
import { anyDialect, type Dialect, DialectClient } from "../support/dialect-client.ts";
import { fidelityLimitMs, fidelityRuns } from "../support/fidelity-runs.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { receivedSystem } from "../support/received.ts";

// Agents in any number of conversations, with calls, results, images, edits, branches and second thoughts, sent in any order and
// two at a time, each in any dialect: each request to the model is exactly one client's request, turn for turn, whichever process
// serves it.

let app: Harness;
beforeAll(async () => {
  // Few processes, so that they are evicted, rewound and taken over all the time.
  app = await startHarness({ config: { maxParked: 2 }, responder });
});
afterAll(() => app[Symbol.asyncDispose]());

let calls = 0;

/** Calls as many functions as the last user's text says; a digit-less text, or a result, gets a text. */
function responder({ body }: RecordedRequest): Reply {
  const last = body.messages.findLast(({ role }) => role === "user")?.content ?? "";
  const said = typeof last === "string" ? last : String(last.at(-1)?.text ?? "");
  const count = body.tools?.length ? Number(/^call (\d)/.exec(said)?.[1] ?? 0) : 0;
  if (count === 0) return text(`re: ${said}`);
  const asked = Array.from({ length: count }, (_, n) => toolUse(`toolu_${++calls}`, "look", { n, of: count }));
  return blocks([thinkingBlock("Hm."), textBlock("Looking."), ...asked]);
}

const words = fc.constantFrom("a", "/clear", "call 1", "call 1", "call 2", "call 3");
const step: fc.Arbitrary<Step> = fc.record({
  type: fc.constantFrom<Step["type"]>("say", "say", "say", "show", "regenerate", "edit", "back", "rewrite", "tools"),
  text: words,
});
/** What the client does with the calls that are open when it takes its next step. */
const manners = fc.constantFrom<Step["results"]>(
  "all",
  "all",
  "all",
  "reversed",
  "some",
  "none",
  "parts",
  "image",
  "large",
  "empty",
);
const steps = fc.array(
  fc.record({
    conversation: fc.nat(1),
    step: fc.tuple(step, manners).map(([one, results]) => ({ ...one, results })),
    dialect: anyDialect,
  }),
  { minLength: 8, maxLength: 16 },
);

test(
  "each request to the model is exactly one client's request, however agents go about",
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (sequence, inPairs) => {
        const conversations = [0, 1].map((n) => ({
          conversation: new Conversation(n % 2 === 0 ? "S" : ""),
          client: new DialectClient(app.url),
        }));
        const batches = inPairs ? pairs(sequence) : sequence.map((one) => [one]);
        for (const batch of batches) {
          const before = app.simulator.requests.length;
          const told = await Promise.all(
            batch.map(async ({ conversation: index, step: taken, dialect }) => {
              const { conversation, client } = conversations[index] ?? expect.unreachable();
              const question = conversation.next(taken);
              conversation.answered(await client.ask(dialect, question));
              return JSON.stringify({ system: conversation.system, turns: expectedTurns(question.messages) });
            }),
          );
          const asked = app.simulator.requests
            .slice(before)
            .map((request) => JSON.stringify({ system: receivedSystem(request) ?? "", turns: toldTurns(request) }));
          expect(asked.sort()).toEqual(told.sort());
        }
      }),
      { numRuns: fidelityRuns(1), endOnFailure: true },
    );
  },
  fidelityLimitMs(120_000),
);

type Planned = { readonly conversation: number; readonly step: Step; readonly dialect: Dialect };

/** Neighbours at the same moment, where they are of different conversations. */
function pairs(sequence: readonly Planned[]): Planned[][] {
  const batches: Planned[][] = [];
  for (const planned of sequence) {
    const last = batches.at(-1);
    if (last?.length === 1 && last[0]?.conversation !== planned.conversation) last.push(planned);
    else batches.push([planned]);
  }
  return batches;
}
